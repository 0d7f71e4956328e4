// SPDX-License-Identifier: MIT
#include "pith/quantize/correct_bias_analytic.hpp"

#include <cmath>

#include <pith/graph/passes/simplify.hpp>
#include <pith/quantize/equalize.hpp>
#include <pith/quantize/reestimate_norms.hpp>

#include "net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::quantize;

namespace {

value_id normalised(test::net& n, const std::string& name, value_id x) {
    const std::int64_t channels = n.g[x].dims.back();
    const auto gamma = n.constant(test::random_tensor({channels}, ++n.seed, 0.5f, 1.5f));
    const auto beta = n.constant(test::random_tensor({channels}, ++n.seed));
    const auto mean = n.constant(tensor<float>({channels}));
    const auto variance = n.constant(tensor<float>({channels}, 1.f));
    return n.add(name, batch_norm{}, {x, gamma, beta, mean, variance});
}

/// Normalisations that tell the truth about the samples; 1x1 kernels, for borders are not in the formula; and
/// nothing but the rounding of conv2 that moves means.
graph<float> normalised_net() {
    test::net n;
    const auto x = n.input({1, 8, 8, 3});
    const auto first = n.relu("relu1", normalised(n, "norm1", n.conv("conv1", x, 12, 1)));
    const auto second = normalised(n, "norm2", n.conv("conv2", first, 12, 1));
    const auto g = n.finish(normalised(n, "norm4", n.conv("conv4", second, 6, 1)));
    const auto measured = reestimate_norms{.calibration = test::samples_for(g), .samples = 64}(g);
    REQUIRE(measured);
    return *measured;
}

/// Sum over channels of the squared error of the mean output.
double mean_error(const graph<float>& q, const graph<float>& real) {
    std::vector<double> sums(6);
    for (std::uint64_t i = 0; i < 32; ++i) {
        const auto x = test::sample(real, 1000 + i);
        const auto a = simulate(q, x);
        const auto b = evaluate(real, x);
        REQUIRE(a);
        REQUIRE(b);
        const auto& y = std::get<0>((*a)[0]);
        for (std::size_t k = 0; k < y.size(); ++k)
            sums[k % 6] += static_cast<double>(y[k] - std::get<0>((*b)[0])[k]) / (32. * 64.);
    }
    double total = 0;
    for (const double s : sums)
        total += s * s;
    return total;
}

} // namespace

TEST_CASE("correct bias analytically: means come near without any sample, equalised too") {
    const auto whole = normalised_net();
    for (const bool equalized : {false, true}) {
        CAPTURE(equalized);
        auto statistics = statistics_of_norms(whole);
        auto folded = passes::simplify{}(whole);
        REQUIRE(folded);
        if (equalized)
            folded = equalize{}(*folded, [&](value_id id, std::size_t c, double factor) {
                statistics.scale((*folded)[id].name, c, factor);
            });
        REQUIRE(folded);
        const auto q = post_training{.calibration = test::samples_for(*folded),
                                     .samples = 16,
                                     .weights = {.bits = 3},
                                     .first_last_bits = 8}(*folded);
        REQUIRE(q);
        const auto corrected = correct_bias_analytic{statistics}(*q);
        REQUIRE(corrected);
        CHECK(mean_error(*corrected, *folded) < 0.1 * mean_error(*q, *folded));
    }
}

TEST_CASE("correct bias analytically: refuses networks that tell nothing, and others") {
    const auto g = test::residual_net();
    CHECK(correct_bias_analytic{}(g).error().code == errc::missing);
    const auto whole = normalised_net();
    const correct_bias_analytic correct{statistics_of_norms(whole)};
    CHECK(correct(whole, g).error().code == errc::bad_option);
}
