// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/format/requantize.hpp>
#include <pith/quantize/blocks.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "support/gradient_check.hpp"

using namespace pith;
using namespace pith::tests;

namespace {
const std::vector<std::size_t> sizes{1, 2, 63, 64, 65, 127, 129, 16383, 16384, 16385, 40000, 1048577};
} // namespace

TEST_CASE("blocks: rounding is the device's, and half to even in double") {
    for (int i = -4000; i <= 4000; ++i) {
        const float v = static_cast<float>(i) / 16.f;
        CHECK(static_cast<int>(quantize::round_clamped(v, -100.f, 90.f)) ==
              format::round_clamped(v, -100, 90));
        CHECK(quantize::round_even(static_cast<double>(v)) == std::nearbyint(static_cast<double>(v)));
    }
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(quantize::round_clamped(nan, -3.f, 5.f) == -3.f);
    CHECK(quantize::keep_if(true, -1.5) == -1.5);
    CHECK(quantize::keep_if(false, nan) == 0.f);
}

TEST_CASE("blocks: every element is seen once, whatever the size") {
    random_bits bits(1);
    for (const std::size_t n : sizes) {
        CAPTURE(n);
        const std::vector<double> x = random_reals(n, bits);
        const std::vector<double> g = random_reals(n, bits);
        std::vector<double> out(n, 7.0);
        quantize::detail::map<double>(x, out, [](double v) { return 2 * v + 1; });
        double sum = 0;
        double products = 0;
        double largest = 0;
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < n; ++i) {
            wrong += out[i] != 2 * x[i] + 1;
            sum += x[i] + 1;
            products += x[i] * g[i];
            largest = std::max(largest, std::fabs(x[i]));
        }
        CHECK(wrong == 0);
        CHECK(quantize::detail::sum_of<double>(x, [](double v) { return v + 1; }) ==
              doctest::Approx(sum).epsilon(1e-11));
        CHECK(std::fabs(quantize::detail::sum_of_products<double>(x, g) - products) < 1e-9);
        CHECK(quantize::largest_magnitude<double>(x) == largest);
        const auto sums = quantize::detail::differentiate<2>(
            std::span<const double>(x), std::span<const double>(g), std::span<const double>(x),
            std::span<double>(out), [](double v, double code, double grad, std::array<double, 2>& terms) {
                terms = {v * code, 1.0};
                return grad + code;
            });
        CHECK(std::fabs(sums[0] - products) < 1e-9);
        CHECK(sums[1] == static_cast<double>(n));
        for (std::size_t i = 0; i < n; ++i)
            wrong += out[i] != x[i] + g[i];
        CHECK(wrong == 0);
    }
}

TEST_CASE("blocks: mean and deviation, far from zero too") {
    const std::vector<double> few{1, 2, 4};
    CHECK(quantize::moments_of<double>(few).mean == doctest::Approx(7.0 / 3).epsilon(1e-15));
    CHECK(quantize::moments_of<double>(few).deviation == doctest::Approx(std::sqrt(7.0 / 3)).epsilon(1e-14));
    CHECK(quantize::moments_of<float>(std::vector<float>{3.f}).deviation == 0.0);
    CHECK(quantize::moments_of<float>(std::vector<float>{}).mean == 0.0);
    const std::vector<float> far{1000.f, 1001.f, 1002.f, 1001.f};
    CHECK(quantize::moments_of<float>(far).mean == 1001.0);
    CHECK(quantize::moments_of<float>(far).deviation == doctest::Approx(std::sqrt(2.0 / 3)).epsilon(1e-6));
}

TEST_CASE("blocks: chunks depend on the size alone and are at most 64") {
    for (const std::size_t n : sizes) {
        const std::size_t chunk = quantize::detail::chunk_size(n);
        CHECK(chunk % quantize::detail::block_size == 0);
        CHECK((n + chunk - 1) / chunk <= quantize::detail::most_chunks);
    }
}
