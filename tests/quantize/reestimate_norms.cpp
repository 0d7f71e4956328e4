// SPDX-License-Identifier: MIT
#include "pith/quantize/reestimate_norms.hpp"

#include <cmath>

#include "net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::quantize;

namespace {

graph<float> normalised_net() {
    test::net n;
    value_id x = n.input({1, 6, 6, 3});
    const auto gamma = n.constant(test::random_tensor({4}, 1, 0.5f, 1.5f));
    const auto beta = n.constant(test::random_tensor({4}, 2));
    const auto mean = n.constant(test::random_tensor({4}, 3)); // shared by both
    const auto variance = n.constant(test::random_tensor({4}, 4, 0.5f, 2.f));
    for (const char* i : {"1", "2"}) {
        const std::string at = i;
        x = n.add("norm" + at, batch_norm{}, {n.conv("conv" + at, x, 4), gamma, beta, mean, variance});
        x = n.relu("relu" + at, x);
    }
    return n.finish(x);
}

} // namespace

TEST_CASE("reestimate norms: every normalisation gives mean beta and deviation gamma on the samples") {
    const auto g = normalised_net();
    constexpr std::size_t samples = 20;
    const auto r = reestimate_norms{.calibration = test::samples_for(g), .samples = samples}(g);
    REQUIRE(r);
    for (const auto& n : r->nodes) {
        if (!std::holds_alternative<batch_norm>(n.layer))
            continue;
        CAPTURE(n.name);
        std::vector<double> sums(4);
        std::vector<double> squares(4);
        for (std::size_t i = 0; i < samples; ++i)
            REQUIRE(evaluate(*r, test::sample(g, 1000 + i), [&](value_id id, const tensor<float>& t) {
                for (std::size_t k = 0; id == n.outputs[0] && k < t.size(); ++k) {
                    sums[k % 4] += static_cast<double>(t[k]);
                    squares[k % 4] += static_cast<double>(t[k]) * static_cast<double>(t[k]);
                }
            }));
        for (std::size_t c = 0; c < 4; ++c) {
            const double mean = sums[c] / (samples * 36.);
            const double deviation = std::sqrt(squares[c] / (samples * 36.) - mean * mean);
            CHECK(mean ==
                  doctest::Approx(static_cast<double>((*(*r)[n.inputs[2]].reals())[c])).epsilon(1e-3));
            CHECK(deviation ==
                  doctest::Approx(static_cast<double>((*(*r)[n.inputs[1]].reals())[c])).epsilon(1e-3));
        }
    }
}

TEST_CASE("reestimate norms: what they measured they measure again; refusals") {
    const auto g = normalised_net();
    const reestimate_norms measure{.calibration = test::samples_for(g), .samples = 8};
    const auto once = measure(g);
    REQUIRE(once);
    const auto twice = measure(*once);
    REQUIRE(twice);
    const auto a = evaluate(*once, test::sample(g, 1));
    const auto b = evaluate(*twice, test::sample(g, 1));
    CHECK(std::get<0>((*a)[0]) == std::get<0>((*b)[0]));
    CHECK(reestimate_norms{}(g).error().code == errc::bad_option);
    CHECK(reestimate_norms{.calibration = samples_from({})}(g).error().code == errc::missing);
}
