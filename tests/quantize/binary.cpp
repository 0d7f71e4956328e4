// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/binary.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::binary_gradient;
using quantize::binary_weights;

TEST_CASE("binary: codes, scales and bits") {
    for (const auto gradient : {binary_gradient::straight, binary_gradient::clipped, binary_gradient::exact})
        for (const bool scaled : {true, false})
            check_quantizer(binary_weights{.scaled = scaled, .gradient = gradient}, bell(40001, 0.6f), -1, 1);
    CHECK(quantize::index_bits(binary_weights{}.levels(std::span<const float>{})) == 1);
}

TEST_CASE("binary: signs, of 0 (either zero) 1, times the mean magnitude or 1") {
    const std::vector<float> x{0.f, -0.f, -1e-30f, 2.f, -4.f};
    const auto f = forward<float>(binary_weights{}, x, {});
    CHECK(f.codes == std::vector<float>{1, 1, -1, 1, -1});
    CHECK(f.scale == doctest::Approx(6.0 / 5));
    CHECK(forward<float>(binary_weights{.scaled = false}, x, {}).scale == 1.f);
    CHECK(forward<float>(binary_weights{}, {0.f}, {}).scale == 1.f);
}

TEST_CASE("binary: gradients pass, pass within [-1, 1], or are exact") {
    const std::vector<double> x{-1.5, -0.5, 0.5, 1.5};
    const std::vector<double> g{1, 2, 3, 4};
    const auto of = [&](const binary_weights& q) {
        return backward<double>(q, x, forward<double>(q, x, {}), g).x;
    };
    CHECK(of({.gradient = binary_gradient::straight}) == g);
    CHECK(of({.gradient = binary_gradient::clipped}) == std::vector<double>{0, 2, 3, 0});
    // scale 1; its share: sum(g code) / 4 = 1
    CHECK(of({.gradient = binary_gradient::exact}) == std::vector<double>{-1, 1, 4, 1});
    CHECK(of({.scaled = false, .gradient = binary_gradient::exact}) == std::vector<double>{0, 2, 3, 0});
}

TEST_CASE("binary: the exact gradient is that of mean|x| sign(x), the sign straight through within [-1, 1]") {
    const binary_weights q{.gradient = binary_gradient::exact};
    auto x = to_double(bell(201, 0.7f));
    const auto f = forward<double>(q, x, {});
    random_bits bits(4);
    const auto g = random_reals(x.size(), bits);
    const auto got = backward<double>(q, x, f, g);
    const auto x0 = x;
    const double error = gradient_error(
        std::span<double>(x), got.x,
        [&] {
            double mean = 0;
            double sum = 0;
            for (const double v : x)
                mean += std::fabs(v) / 201;
            for (std::size_t i = 0; i < x.size(); ++i)
                sum += g[i] * mean * (f.codes[i] + (std::fabs(x0[i]) <= 1 ? x[i] - x0[i] : 0.0));
            return sum;
        },
        1e-6, 1e-6);
    CHECK(error < 1e-6);
}

TEST_CASE("binary: weights stay in [-1, 1] where gradients are clipped") {
    std::vector<float> x{-3.f, 0.5f, 1.5f};
    binary_weights{.gradient = binary_gradient::straight}.after_update(std::span<float>(x),
                                                                       std::span<float>{});
    CHECK(x == std::vector<float>{-3.f, 0.5f, 1.5f});
    binary_weights{}.after_update(std::span<float>(x), std::span<float>{});
    CHECK(x == std::vector<float>{-1.f, 0.5f, 1.f});
}

TEST_CASE("binary activations: signs of scale 1, gradients clipped or bent") {
    using quantize::binary_activations;
    const std::vector<double> x{-1.5, -0.75, 0.0, 0.5, 1.5};
    const auto f = forward<double>(binary_activations{}, x, {});
    CHECK(f.codes == std::vector<double>{-1, -1, 1, 1, 1});
    CHECK(f.scale == 1);
    const std::vector<double> g{1, 2, 3, 4, 5};
    const auto of = [&](const binary_activations& q) {
        return backward<double>(q, x, forward<double>(q, x, {}), g).x;
    };
    CHECK(of({.polynomial = false}) == std::vector<double>{0, 2, 3, 4, 0});
    CHECK(of({.polynomial = true}) == std::vector<double>{0, 1, 6, 4, 0}); // slope 2 - 2 |x|
}
