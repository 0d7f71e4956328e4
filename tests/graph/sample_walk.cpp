// SPDX-License-Identifier: MIT
#include "pith/graph/sample_walk.hpp"

#include "quantize/net.hpp"
#include "support/compiled.hpp"

using namespace pith;

namespace {

void check_walk(const graph<float>& g) {
    sample_walk<float, layer_list> walk(g);
    REQUIRE(walk.take(test::samples_for(g), 3));
    REQUIRE(walk.samples() == 3);
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        REQUIRE(walk.run(k));
        if (walk.execution_at(k).how == execution::fused)
            continue;
        const value_id id = walk.execution_at(k).output;
        for (std::size_t i = 0; i < walk.samples(); ++i) {
            tensor<float> expected;
            const auto see = [&](value_id v, const auto& t) {
                if constexpr (std::is_same_v<decltype(t), const tensor<std::uint8_t>&>)
                    expected = v == id ? decode_tensor<float>(*codes_of(g[v]), t) : expected;
                else if constexpr (std::is_same_v<decltype(t), const tensor<float>&>)
                    expected = v == id ? t : expected;
            };
            REQUIRE(simulate(g, test::sample(g, 1000 + i), see));
            CHECK(walk.value(id, i) == expected);
        }
    }
}

} // namespace

TEST_CASE("sample walk: holds what simulation gives, in codes and in floating point") {
    const auto g = test::residual_net();
    check_walk(g);
    check_walk(*quantize::post_training{.calibration = test::samples_for(g), .samples = 4}(g));
}

TEST_CASE("sample walk: weights that change before a layer runs are the ones it runs with") {
    auto g = test::residual_net();
    sample_walk<float, layer_list> walk(g);
    REQUIRE(walk.take(test::samples_for(g), 1));
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        if (g.nodes[k].name == "dense")
            for (auto& w : g[g.nodes[k].inputs[1]].reals()->data())
                w = 0.f;
        REQUIRE(walk.run(k));
    }
    const auto expected = evaluate(g, test::sample(g, 1000));
    REQUIRE(expected);
    CHECK(walk.value(g.outputs[0], 0) == std::get<0>((*expected)[0]));
}

TEST_CASE("sample walk: refuses samples that do not fit, and none") {
    const auto g = test::residual_net();
    sample_walk<float, layer_list> walk(g);
    CHECK(walk.take(samples_from({}), 4).error().code == errc::missing);
    CHECK(walk.take(samples_from({{tensor<float>({1, 8, 8, 2})}}), 4).error().code == errc::bad_shape);
}
