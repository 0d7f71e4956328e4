// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <pith/distill/hint.hpp>

#include "../support/gradient_check.hpp"

using pith::tests::gradient_error;
using pith::tests::random_reals;

TEST_CASE("hints: gradients by central differences, and shapes that differ are refused") {
    pith::random_bits bits(5);
    auto features = random_reals(2 * 7 * 4, bits);
    const auto hints = random_reals(2 * 7 * 4, bits);
    std::vector<double> gradient(features.size());
    std::vector<double> unused(features.size());
    const pith::distill::hint loss;
    const pith::shape dims{2, 7, 4};
    const auto value = [&](std::vector<double>& g) {
        return loss(pith::distill::feature_map<const double>{features, dims},
                    pith::distill::feature_map<const double>{hints, dims}, std::span<double>(g));
    };
    value(gradient);
    CHECK(gradient_error(features, gradient, [&] { return value(unused); }) < 1e-8);
    CHECK(!loss.fits({2, 7, 4}, {2, 7, 5}));
}
