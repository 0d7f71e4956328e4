// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>
#include <pith/distill/attention.hpp>

#include "../support/gradient_check.hpp"

using pith::view;
using pith::tests::gradient_error;
using pith::tests::random_reals;

constexpr std::size_t samples = 3;

TEST_CASE("attention transfer: gradients by central differences with other channel counts") {
    pith::random_bits bits(9);
    constexpr std::size_t pixels = 6;
    auto student = random_reals(samples * pixels * 3, bits);
    const auto teacher = random_reals(samples * pixels * 5, bits);
    std::vector<double> gradient(student.size());
    std::vector<double> unused(student.size());
    const pith::distill::attention loss{.samples = samples, .pixels = pixels};
    const auto value = [&](std::vector<double>& g) {
        return loss(view<const double>(student), view<const double>(teacher), view<double>(g));
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
    const pith::distill::attention loss{.samples = 1, .pixels = 4};
    CHECK(loss(view<const double>(student), view<const double>(scaled), view<double>(gradient)) ==
          doctest::Approx(0).epsilon(1e-12));
}
