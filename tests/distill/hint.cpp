// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <vector>

#include <doctest/doctest.h>
#include <pith/distill/hint.hpp>

#include "../support/gradient_check.hpp"

using pith::view;
using pith::tests::gradient_error;
using pith::tests::random_reals;

TEST_CASE("hints: gradients of features, regressor weights and bias by central differences") {
    pith::random_bits bits(5);
    constexpr std::size_t pixels = 7;
    constexpr std::size_t from = 3;
    constexpr std::size_t to = 4;
    auto features = random_reals(pixels * from, bits);
    auto weights = random_reals(from * to, bits);
    auto bias = random_reals(to, bits);
    const auto hints = random_reals(pixels * to, bits);
    std::vector<double> regressed(pixels * to);
    std::vector<double> out_gradient(pixels * to);
    const pith::distill::hint loss{.samples = 2};
    const pith::distill::pointwise_regressor<double> regressor{weights, bias};
    const auto value = [&] {
        regressor.forward({features, from}, {regressed, to});
        return loss(view<const double>(regressed), view<const double>(hints), view<double>(out_gradient));
    };
    std::vector<double> d_features(features.size());
    std::vector<double> d_weights(weights.size());
    std::vector<double> d_bias(bias.size());
    value();
    regressor.backward({features, from}, {out_gradient, to}, {{d_features, from}, d_weights, d_bias});
    CHECK(gradient_error(features, d_features, value) < 1e-8);
    CHECK(gradient_error(weights, d_weights, value) < 1e-8);
    CHECK(gradient_error(bias, d_bias, value) < 1e-8);
}
