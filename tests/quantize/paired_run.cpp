// SPDX-License-Identifier: MIT
#include "pith/quantize/paired_run.hpp"

#include "net.hpp"
#include "support/compiled.hpp"

using namespace pith;

TEST_CASE("paired_run: stops at every layer with weights, in time to change it") {
    const auto g = test::residual_net();
    auto q = *quantize::post_training{.calibration = test::samples_for(g), .samples = 4}(g);
    const auto real = quantize::without_encodings(q);
    for (const auto& v : real.values)
        CHECK(!v.is_coded());
    std::vector<std::string> seen;
    tensor<float> last;
    REQUIRE(quantize::for_each_coded_layer(
        real, q, test::samples_for(g), 3,
        [&](const quantize::paired_run<float, layer_list>& both, node_index k) {
            seen.push_back(g.nodes[k].name);
            CHECK(both.real.samples() == 3);
            CHECK(both.codes.samples() == 3);
            const auto given = both.real.value(g.nodes[k].outputs[0], 2);
            const auto again = evaluate(g, test::sample(g, 1002), [&](value_id id, const tensor<float>& t) {
                if (id == g.nodes[k].outputs[0])
                    CHECK(t == given);
            });
            REQUIRE(again);
            if (g.nodes[k].name == "conv2") // what the layer after it then reads has changed
                for (auto& w : q[g.nodes[k].inputs[1]].reals()->data())
                    w = 0.f;
            if (g.nodes[k].name == "dense")
                last = both.codes.value(g.nodes[k].inputs[0], 1);
        }));
    CHECK(seen == std::vector<std::string>{"conv1", "conv2", "dense"});
    const auto out = simulate(q, test::sample(g, 1001), [&](value_id id, const tensor<std::uint8_t>& t) {
        if (id == g.nodes[g.nodes.size() - 2].inputs[0])
            CHECK(decode_tensor<float>(*codes_of(q[id]), t) == last);
    });
    CHECK(out);
}
