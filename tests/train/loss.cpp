// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>
#include <pith/train/loss.hpp>

#include "../support/gradient_check.hpp"

namespace {

using pith::train::rows;

constexpr std::size_t samples = 4;
constexpr std::size_t classes = 5;
const std::vector<std::int32_t> labels{2, 0, 4, 1};

/// Error of the gradient of a loss on labels at random outputs.
template <class Loss>
double error_of(const Loss& loss, double range) {
    pith::random_bits bits(7);
    auto z = pith::tests::random_reals(samples * classes, bits, -range, range);
    std::vector<double> gradient(z.size());
    std::vector<double> unused(z.size());
    loss(rows<const double>{z, classes}, labels, rows<double>{gradient, classes});
    return pith::tests::gradient_error(z, gradient, [&] {
        return loss(rows<const double>{z, classes}, labels, rows<double>{unused, classes});
    });
}

} // namespace

TEST_CASE("cross entropy: value of two classes by hand, gradients by central differences") {
    const std::vector<double> z{0, std::log(3.0)};
    std::vector<double> g(2);
    const std::vector<std::int32_t> second{1};
    CHECK(pith::train::cross_entropy{}(rows<const double>{z, 2}, second, rows<double>{g, 2}) ==
          doctest::Approx(std::log(4.0 / 3)));
    CHECK(g[0] == doctest::Approx(0.25));
    CHECK(g[1] == doctest::Approx(-0.25));
    CHECK(error_of(pith::train::cross_entropy{}, 3) < 1e-8);
    CHECK(error_of(pith::train::cross_entropy{.smoothing = 0.1}, 3) < 1e-8);
}

TEST_CASE("cross entropy: smoothing pulls the least loss away from certainty") {
    const std::vector<double> sure{50, 0, 0, 0, 0};
    std::vector<double> g(5);
    const std::vector<std::int32_t> first{0};
    const pith::train::cross_entropy smooth{.smoothing = 0.1};
    CHECK(smooth(rows<const double>{sure, 5}, first, rows<double>{g, 5}) == doctest::Approx(0.1 * 50 * 0.8));
    CHECK(g[0] > 0);
}

TEST_CASE("cross entropy: large float logits neither overflow nor lose the answer") {
    const std::vector<float> z{1000.f, 999.f, -1000.f};
    std::vector<float> g(3);
    const std::vector<std::int32_t> first{0};
    const float loss = pith::train::cross_entropy{}(rows<const float>{z, 3}, first, rows<float>{g, 3});
    CHECK(loss == doctest::Approx(0.3132617).epsilon(1e-4));
    CHECK(g[2] == 0.f);
}

TEST_CASE("squared hinge: gradients by central differences, none beyond the margin") {
    CHECK(error_of(pith::train::squared_hinge{}, 0.9) < 1e-8);
    const std::vector<double> beyond{2, -3};
    std::vector<double> g{9, 9};
    const std::vector<std::int32_t> first{0};
    CHECK(pith::train::squared_hinge{}(rows<const double>{beyond, 2}, first, rows<double>{g, 2}) == 0);
    CHECK(g[0] == 0);
    CHECK(g[1] == 0);
}

TEST_CASE("mean squared error: value by hand, gradients by central differences") {
    pith::random_bits bits(3);
    auto z = pith::tests::random_reals(6, bits);
    const auto t = pith::tests::random_reals(6, bits);
    std::vector<double> g(6);
    std::vector<double> unused(6);
    const auto value = [&](std::vector<double>& into) {
        return pith::train::mean_squared{}(rows<const double>{z, 3}, rows<const double>{t, 3},
                                           rows<double>{into, 3});
    };
    double by_hand = 0;
    for (std::size_t i = 0; i < 6; ++i)
        by_hand += (z[i] - t[i]) * (z[i] - t[i]) / 6;
    CHECK(value(g) == doctest::Approx(by_hand));
    CHECK(pith::tests::gradient_error(z, g, [&] { return value(unused); }) < 1e-8);
}
