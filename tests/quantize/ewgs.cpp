// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/ewgs.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::ewgs_activations;
using quantize::ewgs_weights;

TEST_CASE("ewgs: codes, scales and bits of every width") {
    for (std::uint8_t bits = 1; bits <= 5; ++bits) {
        const int n = (1 << bits) - 1;
        check_quantizer(ewgs_weights{.bits = bits}, bell(40001, 0.05f), -n, n);
        CHECK(ewgs_weights{.bits = bits}.levels(std::span<const float>{}).size() == 1u << bits);
    }
    for (std::uint8_t bits = 1; bits <= 8; ++bits)
        for (const bool normalized : {true, false})
            check_quantizer(ewgs_activations{.bits = bits, .normalized = normalized}, bell(40001, 2.f, true),
                            0, (1 << bits) - 1);
}

TEST_CASE("ewgs: weights are |s| (2 x_q - 1), one bit {-1, 1}, activations x_q, one bit {0, 1}") {
    const std::vector<double> x{-2, -1, -0.4, 0.1, 0.4, 1, 2};
    const auto one = forward<double>(ewgs_weights{.bits = 1}, x, {1.0, -1.0, -0.25, 0.0});
    CHECK(one.scale == 0.25);
    CHECK(one.codes == std::vector<double>{-1, -1, -1, 1, 1, 1, 1});
    const auto two = forward<double>(ewgs_weights{.bits = 2}, x, {1.0, -1.0, 3.0, 0.0});
    CHECK(two.scale == 1.0);
    CHECK(two.codes == std::vector<double>{-3, -3, -1, 1, 1, 3, 3});
    const auto a = forward<double>(ewgs_activations{.bits = 1, .normalized = true}, x, {0.5, 0.0, 0.0});
    CHECK(a.scale == 1.0);
    CHECK(a.codes == std::vector<double>{0, 0, 0, 0, 1, 1, 1});
    const auto kept = forward<double>(ewgs_activations{.bits = 2}, x, {1.5, 0.0, 0.0});
    CHECK(kept.scale == 0.5);
    CHECK(kept.codes == std::vector<double>{0, 0, 0, 0, 1, 2, 3});
}

namespace {

/// g (1 + delta sign(g) moved) of an element; delta 0 is the straight-through estimator.
double scaled(double g, double delta, double moved) {
    return g * (1 + delta * (g > 0 ? 1 : g < 0 ? -1 : 0) * moved);
}

} // namespace

TEST_CASE("ewgs: gradients of weights, bounds and output scale with the rounding frozen") {
    for (const double s : {0.7, -0.7}) {
        const ewgs_weights q{.bits = 2};
        const auto x = to_double(bell(300, 1.f));
        const auto f = forward<double>(q, x, {0.9, -1.1, s, 0.0});
        const auto errors = check_gradients(q, x, f, [&](std::size_t i, double v, const auto& p) {
            const double at0 = (x[i] + 1.1) / 2.0;
            const double at = std::min(std::max((v - p[1]) / (p[0] - p[1]), 0.0), 1.0);
            const double level = (f.codes[i] / 3 + 1) / 2;
            const double frozen = level - std::min(std::max(at0, 0.0), 1.0);
            return std::fabs(p[2]) * (2 * (at + frozen) - 1);
        });
        CHECK(errors.x < 1e-6);
        CHECK(errors.p < 1e-6);
    }
}

TEST_CASE("ewgs: gradients of activations and their bounds with the rounding frozen") {
    for (const bool normalized : {true, false}) {
        const ewgs_activations q{.bits = 2, .normalized = normalized, .learn_lower = true};
        const auto x = to_double(bell(300, 1.f));
        const auto f = forward<double>(q, x, {1.2, -0.3, 0.0});
        const auto errors = check_gradients(q, x, f, [&](std::size_t i, double v, const auto& p) {
            const double clipped0 = std::min(std::max((x[i] + 0.3) / 1.5, 0.0), 1.0);
            const double at = std::min(std::max((v - p[1]) / (p[0] - p[1]), 0.0), 1.0);
            const double level = at + f.codes[i] / 3 - clipped0;
            return normalized ? level : (p[0] - p[1]) * level;
        });
        CHECK(errors.x < 1e-6);
        CHECK(errors.p < 1e-6);
    }
}

TEST_CASE("ewgs: every element's gradient is scaled by how far rounding moved it") {
    const double delta = 0.3;
    const auto x = to_double(bell(500, 1.f));
    random_bits bits(3);
    auto g = random_reals(x.size(), bits);
    g[0] = 0;
    const ewgs_weights w{.bits = 2};
    const auto fw = forward<double>(w, x, {1.0, -1.0, 0.5, delta});
    const auto bw = backward<double>(w, x, fw, g);
    const ewgs_activations a{.bits = 2, .normalized = true};
    const auto fa = forward<double>(a, x, {2.0, 0.0, delta});
    const auto ba = backward<double>(a, x, fa, g);
    double lower = 0, upper = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double at = (x[i] + 1) / 2;
        const double gx = scaled(2 * 0.5 * g[i], delta, at - (fw.codes[i] / 3 + 1) / 2) / 2;
        const bool inside = at > 0 && at < 1;
        REQUIRE(bw.x[i] == doctest::Approx(inside ? gx : 0.0).epsilon(1e-12));
        lower += inside ? -(1 - at) * gx : 0;
        upper += inside ? -at * gx : 0;
        const double part = x[i] / 2;
        REQUIRE(ba.x[i] ==
                doctest::Approx(part > 0 && part < 1 ? scaled(g[i], delta, part - fa.codes[i] / 3) / 2 : 0.0)
                    .epsilon(1e-12));
    }
    CHECK(bw.p[0] == doctest::Approx(upper).epsilon(1e-10));
    CHECK(bw.p[1] == doctest::Approx(lower).epsilon(1e-10));
    CHECK(ba.p[1] == 0.0); // at rest
}

TEST_CASE("ewgs: first bounds and scales") {
    const auto x = bell(30000, 0.05f);
    const auto w = fit_forward<float>(ewgs_weights{.bits = 2, .fitted = false}, x);
    CHECK(w.p[0] == doctest::Approx(0.15).epsilon(0.02));
    CHECK(w.p[1] == -w.p[0]);
    // The scale is that of least squared error.
    const auto error = [&](float s, float reach = 0.f) {
        const float end = reach > 0.f ? reach : w.p[0];
        const auto f = forward<float>(ewgs_weights{.bits = 2}, x, {end, -end, s, 0.f});
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += std::pow(static_cast<double>(x[i] - f.scale * f.codes[i]), 2);
        return sum;
    };
    CHECK(error(w.p[2]) < error(1.05f * w.p[2]));
    CHECK(error(w.p[2]) < error(0.95f * w.p[2]));
    // And so are fitted bounds.
    const auto fitted = fit_forward<float>(ewgs_weights{.bits = 2}, x);
    CHECK(fitted.p[1] == -fitted.p[0]);
    CHECK(error(fitted.p[2], fitted.p[0]) < 0.9 * error(w.p[2]));
    CHECK(error(fitted.p[2], fitted.p[0]) < error(1.05f * fitted.p[2], fitted.p[0]));
    CHECK(error(fitted.p[2], fitted.p[0]) < error(0.95f * fitted.p[2], fitted.p[0]));

    std::vector<float> half = bell(30000, 2.f);
    for (float& v : half)
        v = std::fabs(v);
    const auto a = fit_forward<float>(ewgs_activations{.fitted = false}, half);
    CHECK(a.p[0] == doctest::Approx(6.0).epsilon(0.05));
    CHECK(a.p[1] == 0.f);
    const auto close = fit_forward<float>(ewgs_activations{}, half);
    CHECK(close.p[0] > 3.f);
    CHECK(close.p[0] < 6.f);
    CHECK(fit_forward<float>(ewgs_weights{}, std::vector<float>(8, 0.f)).scale > 0.f);
    CHECK(fit_forward<float>(ewgs_activations{}, std::vector<float>(8, 0.f)).scale > 0.f);

    const std::vector<float> real{1, -3, 2};
    const std::vector<float> coarse{4, -4, 4};
    CHECK(quantize::ewgs_output_scale<float>(real, coarse) == 0.5f);
    CHECK(quantize::ewgs_output_scale<float>(real, std::vector<float>(3, 0.f)) == 1.f);
}

TEST_CASE("ewgs: delta is the curvature over three deviations of the gradient, by x_q") {
    std::vector<double> p{1, -1, 1, 0.5};
    ewgs_weights{.bits = 2}.adapt(0.02, 0.5, std::span<double>(p)); // x_q = (code / 3 + 1) / 2: 6 codes
    CHECK(p == std::vector<double>{1, -1, 1, 6 * 0.02 / 0.5});
    ewgs_activations{.bits = 2}.adapt(0.02, 0.5, std::span<double>(p)); // x_q = code / 3
    CHECK(p[2] == 3 * 0.02 / 0.5);
    ewgs_activations{.bits = 2}.adapt(-0.02, 0.5, std::span<double>(p));
    CHECK(p[2] == 0.0);
    ewgs_activations{.bits = 2}.adapt(1, 0, std::span<double>(p));
    CHECK(p[2] == 0.0);
    ewgs_activations{.bits = 1}.adapt(1, 0.01, std::span<double>(p)); // no gradient turns its sign
    CHECK(p[2] == 2.0);
}

TEST_CASE("ewgs: bounds never meet") {
    std::vector<float> p{-1.f, 1.f, 1.f, 0.f};
    ewgs_weights{}.after_update(std::span<float>{}, std::span<float>(p));
    CHECK(p[0] > p[1]);
    p = {-1.f, 0.f, 0.f};
    ewgs_activations{}.after_update(std::span<float>{}, std::span<float>(p));
    CHECK(p[0] > p[1]);
    CHECK(std::isfinite(forward<float>(ewgs_weights{}, {0.5f, 2.f}, {0.f, 0.f, 0.f, 0.f}).codes[0]));
}
