// SPDX-License-Identifier: MIT
#include "pith/quantize/lockstep.hpp"

#include "net.hpp"

using namespace pith;

TEST_CASE("lockstep: both networks hold what evaluation and simulation give") {
    const auto g = test::residual_net();
    const auto q = quantize::post_training{.calibration = test::samples_for(g), .samples = 4}(g);
    REQUIRE(q);
    const auto real = quantize::without_encodings(*q);
    for (const auto& v : real.values)
        CHECK(v.affine() == nullptr);
    quantize::lockstep<float, layer_list> both(real, *q);
    REQUIRE(both.take(test::samples_for(g), 3));
    REQUIRE(both.samples() == 3);
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        REQUIRE(both.run_real(k));
        REQUIRE(both.run_codes(k));
        const value_id id = both.execution_at(k).output;
        if (id == no_value || both.execution_at(k).how == execution::fused)
            continue;
        for (std::size_t i = 0; i < both.samples(); ++i) {
            const auto x = test::sample(g, 1000 + i);
            tensor<float> coded;
            const auto seen = simulate(*q, x, [&](value_id v, const tensor<std::uint8_t>& t) {
                if (v == id)
                    coded = decode_tensor<float>(*codes_of((*q)[v]), t);
            });
            REQUIRE(seen);
            if (!coded.empty())
                CHECK(both.decoded(id, i) == coded);
        }
    }
    const auto out = evaluate(g, test::sample(g, 1001));
    CHECK(both.real(g.outputs[0], 1) == std::get<0>((*out)[0]));
}

TEST_CASE("lockstep: weights that change before a layer runs are the ones it runs with") {
    const auto g = test::residual_net();
    auto q = *quantize::post_training{.calibration = test::samples_for(g), .samples = 4}(g);
    const auto real = quantize::without_encodings(q);
    quantize::lockstep<float, layer_list> both(real, q);
    REQUIRE(both.take(test::samples_for(g), 1));
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        REQUIRE(both.run_real(k));
        if (g.nodes[k].name == "dense")
            for (auto& w : q[g.nodes[k].inputs[1]].reals()->data())
                w = 0.f;
        REQUIRE(both.run_codes(k));
    }
    const auto expected = simulate(q, test::sample(g, 1000));
    REQUIRE(expected);
    CHECK(both.decoded(g.outputs[0], 0) == std::get<0>((*expected)[0]));
}

TEST_CASE("lockstep: refuses samples that do not fit, and none") {
    const auto g = test::residual_net();
    quantize::lockstep<float, layer_list> both(g, g);
    CHECK(both.take(quantize::samples_from({}), 4).error().code == errc::missing);
    CHECK(both.take(quantize::samples_from({{tensor<float>({1, 8, 8, 2})}}), 4).error().code ==
          errc::bad_shape);
}
