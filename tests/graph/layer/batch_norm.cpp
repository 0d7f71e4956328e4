// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>

#include <pith/graph/layer/batch_norm.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("batch_norm is (x - mean) / sqrt(variance + epsilon) * gamma + beta") {
    random_bits bits(4);
    const auto x = random_tensor<double>({2, 3, 3, 4}, bits);
    const auto gamma = random_tensor<double>({4}, bits);
    const auto beta = random_tensor<double>({4}, bits);
    const auto mean = random_tensor<double>({4}, bits);
    const tensor<double> variance({4}, {0.5, 1, 2, 0});
    const auto y = run_one<double>(batch_norm{.epsilon = 1e-3}, {x, gamma, beta, mean, variance});
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t c = i % 4;
        const double expected = (x[i] - mean[c]) / std::sqrt(variance[c] + 1e-3) * gamma[c] + beta[c];
        CHECK(y[i] == doctest::Approx(expected).epsilon(1e-12));
    }
}

TEST_CASE("batch_norm wants one number per channel") {
    CHECK_FALSE(refusal(batch_norm{}, {{1, 4}, {4}, {4}, {3}, {4}}).empty());
    CHECK_FALSE(refusal(batch_norm{}, {{1, 4}, {4}, {4}, {4}}).empty());
}
