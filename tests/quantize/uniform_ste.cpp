// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/uniform_ste.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::uniform_ste;

TEST_CASE("uniform_ste: codes, scales and bits of every width") {
    for (std::uint8_t bits = 2; bits <= 8; ++bits) {
        const int half = 1 << (bits - 1);
        check_quantizer(uniform_ste{.bits = bits}, bell(33000, 0.05f), 1 - half, half - 1);
        check_quantizer(uniform_ste{.bits = bits, .is_signed = false}, bell(33000, 2.f, true), 0,
                        2 * half - 1);
    }
}

namespace {
double squared_error(const std::vector<double>& x, const quantized<double>& f) {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        sum += (x[i] - f.scale * f.codes[i]) * (x[i] - f.scale * f.codes[i]);
    return sum;
}
} // namespace

TEST_CASE("uniform_ste: no step on the way from 0 to the greatest magnitude has less error") {
    const auto x = to_double(bell(3000, 1.f));
    const uniform_ste q{.bits = 3};
    const auto f = fit_forward<double>(q, x);
    const double least = squared_error(x, f);
    const double most = quantize::largest_magnitude<double>(x) / 3;
    for (int i = 1; i <= 100; ++i)
        CHECK(least <= squared_error(x, forward<double>(q, x, {most * i / 100})) * (1 + 1e-12));
    CHECK(f.scale < most);
    CHECK(fit_forward<double>(q, std::vector<double>(4, 0.0)).scale == 1.0);
}

TEST_CASE("uniform_ste: the step follows weights that grow") {
    auto x = to_double(bell(3000, 1.f));
    const uniform_ste q{.bits = 4};
    auto f = fit_forward<double>(q, x);
    const double before = f.p[0];
    for (int i = 0; i < 200; ++i) {
        for (double& v : x)
            v *= 1.005;
        q.after_update(std::span<double>(x), std::span<double>(f.p));
    }
    CHECK(f.p[0] / before == doctest::Approx(std::pow(1.005, 200)).epsilon(0.1));
    CHECK(squared_error(x, forward<double>(q, x, f.p)) <= squared_error(x, fit_forward<double>(q, x)) * 1.05);
    const double kept = f.p[0];
    q.after_update(std::span<double>{}, std::span<double>(f.p));
    CHECK(f.p[0] == kept);
}

TEST_CASE("uniform_ste: gradients pass where nothing is clipped, and the step gets none") {
    const uniform_ste q{.bits = 3};
    const std::vector<double> x{-3.01, -3, -0.2, 0, 1.4, 3, 3.01};
    const auto f = forward<double>(q, x, {1.0});
    CHECK(f.codes == std::vector<double>{-3, -3, 0, 0, 1, 3, 3});
    const auto b = backward<double>(q, x, f, {1, 2, 3, 4, 5, 6, 7});
    CHECK(b.x == std::vector<double>{0, 2, 3, 4, 5, 6, 0});
    CHECK(b.p == std::vector<double>{0});
    const auto many = to_double(bell(300, 1.f));
    const auto fit = forward<double>(q, many, {0.3});
    const auto errors = check_gradients(q, many, fit, [&](std::size_t i, double v, const auto&) {
        return std::fabs(many[i]) < 0.9 ? v + 0.3 * fit.codes[i] - many[i] : 0.3 * fit.codes[i];
    });
    CHECK(errors.x < 1e-6);
}
