// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>
#include <pith/distill/soft_targets.hpp>

#include "../support/gradient_check.hpp"
#include "../support/logit_pair.hpp"

using namespace pith::tests;

TEST_CASE("soft targets: gradients by central differences, zero where student and teacher agree") {
    logits l;
    for (const double temperature : {1.0, 4.0, 20.0}) {
        const pith::distill::soft_targets loss{.temperature = temperature};
        CHECK(l.error([&](auto s, auto t, auto g) { return loss(s, t, g); }) < 1e-8);
    }
    const rows<const double> same{l.teacher, classes};
    CHECK(pith::distill::soft_targets{}(same, same, rows<double>{l.gradient, classes}) ==
          doctest::Approx(0).epsilon(1e-12));
    for (const double g : l.gradient)
        CHECK(std::fabs(g) < 1e-12);
}

TEST_CASE("soft targets: T^2 keeps the gradient's size at high temperature") {
    logits l;
    const rows<const double> s{l.student, classes};
    const rows<const double> t{l.teacher, classes};
    pith::distill::soft_targets{.temperature = 1000}(s, t, rows<double>{l.gradient, classes});
    // At high temperature the gradient tends to ((z_s - mean z_s) - (z_t - mean z_t)) / (batch * classes).
    double mean = 0;
    for (std::size_t i = 0; i < classes; ++i)
        mean += (l.student[i] - l.teacher[i]) / classes;
    const double expected = (l.student[0] - l.teacher[0] - mean) / (samples * classes);
    CHECK(l.gradient[0] == doctest::Approx(expected).epsilon(0.02));
}

TEST_CASE("distributional loss: gradients by central differences") {
    logits l;
    CHECK(l.error([](auto s, auto t, auto g) { return pith::distill::distributional{}(s, t, g); }) < 1e-8);
}

TEST_CASE("hard and soft targets mixed: gradients by central differences") {
    logits l;
    std::vector<double> scratch(samples * classes);
    const pith::distill::mixed<> loss{.weight = 0.7};
    CHECK(l.error([&](auto s, auto t, auto g) {
        return loss(s, labels, t, g, rows<double>{scratch, classes});
    }) < 1e-8);
}
