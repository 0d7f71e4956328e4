// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/format/affine.hpp>
#include <pith/quantize/lsq.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::lsq;

TEST_CASE("lsq: codes, scales and bits of every width") {
    for (std::uint8_t bits = 2; bits <= 8; ++bits) {
        const int half = 1 << (bits - 1);
        check_quantizer(lsq{.bits = bits}, bell(40001, 0.05f), -half, half - 1);
        check_quantizer(lsq{.bits = bits, .is_signed = false}, bell(40001, 2.f, true), 0, 2 * half - 1);
        CHECK(lsq{.bits = bits}.levels(std::span<const float>{}).size() == 2u * static_cast<unsigned>(half));
    }
}

TEST_CASE("lsq: codes are those of the device's rounding, ties to even") {
    const std::vector<float> ties{-3.f, -2.25f, -1.25f, -0.75f, -0.25f, 0.25f, 0.75f, 1.25f, 1.75f, 9.f};
    const auto f = forward<float>(lsq{.bits = 3}, ties, {0.5f});
    CHECK(f.scale == 0.5f);
    CHECK(f.codes == std::vector<float>{-4, -4, -2, -2, 0, 0, 2, 2, 3, 3});
    const auto x = bell(5000, 1.f);
    const auto w = forward<float>(lsq{.bits = 6}, x, {0.0371f});
    const format::affine a{0.0371f, 0, -32, 31};
    for (std::size_t i = 0; i < x.size(); ++i)
        REQUIRE(static_cast<int>(w.codes[i]) == format::encode(a, x[i]));
}

TEST_CASE("lsq: the paper's step begins at twice the mean magnitude over the root of the last level") {
    const std::vector<double> x{1, -2, 3, 0};
    CHECK(fit_forward<double>(lsq{.bits = 3, .fitted = false}, x).scale ==
          doctest::Approx(2 * 1.5 / std::sqrt(3.0)));
    CHECK(fit_forward<double>(lsq{.bits = 2, .is_signed = false, .fitted = false}, x).scale ==
          doctest::Approx(2 * 1.5 / std::sqrt(3.0)));
    CHECK(fit_forward<double>(lsq{.fitted = false}, std::vector<double>(5, 0.0)).scale == 1.0);
}

TEST_CASE("lsq: the fitted step has the least squared error") {
    for (const bool is_signed : {true, false}) {
        const auto x = to_double(bell(8000, 1.f, !is_signed));
        const lsq q{.bits = 3, .is_signed = is_signed};
        const auto error = [&](double step) {
            const auto f = forward<double>(q, x, {step});
            double sum = 0;
            for (std::size_t i = 0; i < x.size(); ++i)
                sum += std::pow(x[i] - f.scale * f.codes[i], 2);
            return sum;
        };
        const double step = fit_forward<double>(q, x).scale;
        CHECK(error(step) < error(1.1 * step));
        CHECK(error(step) < error(0.9 * step));
        CHECK(error(step) < error(fit_forward<double>(lsq{3, is_signed, 0, false}, x).scale));
    }
    CHECK(fit_forward<double>(lsq{}, std::vector<double>(5, 0.0)).scale == 1.0);
}

TEST_CASE("lsq: gradients of x and step with the rounding frozen") {
    for (const bool is_signed : {true, false}) {
        const lsq q{.bits = 3, .is_signed = is_signed};
        const auto x = to_double(bell(301, 1.f));
        const auto f = forward<double>(q, x, {0.31});
        const double norm = 1 / std::sqrt(301.0 * q.highest());
        const auto errors = check_gradients(q, x, f, [&](std::size_t i, double v, const auto& p) {
            const double at = x[i] / f.p[0];
            const bool inside = at > q.lowest() && at < q.highest();
            // The step's gradient is scaled, x's is not: let the step move by so much less.
            const double step = f.p[0] + norm * (p[0] - f.p[0]);
            return inside ? v + step * (f.codes[i] - at) : step * f.codes[i];
        });
        CHECK(errors.x < 1e-6);
        CHECK(errors.p < 1e-6);
    }
}

TEST_CASE("lsq: the step's gradient is scaled by the features of one sample") {
    const auto x = to_double(bell(240, 1.f, true));
    const std::vector<double> g(240, 0.5);
    const lsq whole{.bits = 2, .is_signed = false};
    const lsq sample{.bits = 2, .is_signed = false, .features = 15};
    const auto f = forward<double>(whole, x, {0.4});
    const double a = backward<double>(whole, x, f, g).p[0];
    CHECK(a != 0.0);
    CHECK(backward<double>(sample, x, f, g).p[0] == doctest::Approx(4 * a).epsilon(1e-12));
}

TEST_CASE("lsq: a step never becomes zero or negative") {
    std::vector<float> p{-0.5f};
    lsq{}.after_update(std::span<float>{}, std::span<float>(p));
    CHECK(p[0] > 0.f);
    CHECK(forward<float>(lsq{}, {1.f}, {-1.f}).scale > 0.f);
}

TEST_CASE("lsq: at the last levels gradients belong to the step") {
    const lsq q{.bits = 2}; // codes -2 to 1
    const std::vector<double> x{-1.25, -1, -0.875, 0.375, 0.5, 2};
    const auto f = forward<double>(q, x, {0.5});
    const auto b = backward<double>(q, x, f, {1, 2, 4, 8, 16, 32});
    CHECK(b.x == std::vector<double>{0, 0, 4, 8, 0, 0});
    const double step = -2 * (1 + 2) + 4 * (-2 + 1.75) + 8 * (1 - 0.75) + (16 + 32);
    CHECK(b.p[0] == doctest::Approx(step / std::sqrt(6.0)).epsilon(1e-14));
}
