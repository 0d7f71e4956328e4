// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <pith/distill/decoupled.hpp>
#include <pith/distill/soft_targets.hpp>

#include "../support/gradient_check.hpp"
#include "../support/logit_pair.hpp"

using namespace pith::tests;

TEST_CASE("decoupled distillation: gradients by central differences") {
    logits l;
    for (const auto& loss : {pith::distill::decoupled{}, pith::distill::decoupled{2, 0.5, 1},
                             pith::distill::decoupled{0, 1, 3}, pith::distill::decoupled{1, 0, 2}})
        CHECK(l.error([&](auto s, auto t, auto g) { return loss(s, labels, t, g); }) < 1e-8);
}

TEST_CASE("decoupled distillation: beta = 1 - p_teacher(target) makes it plain distillation") {
    logits l;
    const rows<const double> s{l.student, classes};
    const rows<const double> t{l.teacher, classes};
    for (std::size_t r = 0; r < samples; ++r) {
        const double p = std::exp(l.teacher[r * classes + static_cast<std::size_t>(labels[r])] / 4 -
                                  pith::train::log_sum_exp<double>(t[r], 4.0));
        const std::vector<std::int32_t> label{labels[r]};
        const rows<double> out{std::span<double>(l.gradient).first(classes), classes};
        const double apart = pith::distill::decoupled{.alpha = 1, .beta = 1 - p, .temperature = 4}(
            rows<const double>{s[r], classes}, label, rows<const double>{t[r], classes}, out);
        const double plain = pith::distill::soft_targets{.temperature = 4}(
            rows<const double>{s[r], classes}, rows<const double>{t[r], classes}, out);
        CHECK(apart == doctest::Approx(plain).epsilon(1e-10));
    }
}

TEST_CASE("decoupled distillation with labels: gradients by central differences") {
    logits l;
    std::vector<double> scratch(samples * classes);
    const pith::distill::decoupled_with_labels<> loss{.weight = 0.3};
    CHECK(l.error([&](auto s, auto t, auto g) {
        return loss(s, labels, t, g, rows<double>{scratch, classes});
    }) < 1e-8);
}
