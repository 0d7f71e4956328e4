// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <pith/distill/attention.hpp>

#include "../support/gradient_check.hpp"

using pith::tests::gradient_error;
using pith::tests::random_reals;

constexpr std::size_t samples = 3;

namespace {

pith::distill::feature_map<const double> map_of(const std::vector<double>& x, std::int64_t pixels,
                                                std::int64_t channels) {
    return {x, {static_cast<std::int64_t>(x.size()) / (pixels * channels), pixels, channels}};
}

} // namespace

TEST_CASE("attention transfer: gradients by central differences with other channel counts") {
    pith::random_bits bits(9);
    constexpr std::size_t pixels = 6;
    auto student = random_reals(samples * pixels * 3, bits);
    const auto teacher = random_reals(samples * pixels * 5, bits);
    std::vector<double> gradient(student.size());
    std::vector<double> unused(student.size());
    const pith::distill::attention loss;
    const auto value = [&](std::vector<double>& g) {
        return loss(map_of(student, pixels, 3), map_of(teacher, pixels, 5), std::span<double>(g));
    };
    value(gradient);
    CHECK(gradient_error(student, gradient, [&] { return value(unused); }) < 1e-8);
}

TEST_CASE("attention transfer: scaling a network's features changes nothing") {
    pith::random_bits bits(10);
    auto student = random_reals(12, bits);
    std::vector<double> gradient(student.size());
    auto scaled = student;
    for (auto& e : scaled)
        e *= 3;
    const pith::distill::attention loss;
    CHECK(loss(map_of(student, 2, 2), map_of(scaled, 2, 2), std::span<double>(gradient)) ==
          doctest::Approx(0).epsilon(1e-12));
    CHECK(!loss.fits({1, 2, 2, 3}, {1, 2, 3, 3}));
    CHECK(loss.fits({1, 2, 2, 3}, {1, 2, 2, 8}));
}
