// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/dense.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("dense multiplies the last axis") {
    const tensor<float> x({2, 3}, {1, 2, 3, 4, 5, 6});
    const tensor<float> w({2, 3}, {1, 0, -1, 2, 2, 2});
    const tensor<float> bias({2}, {10, 20});
    CHECK(run_one<float>(dense{}, {x, w, bias}) == tensor<float>({2, 2}, {8, 32, 8, 50}));
    CHECK(run_one<float>(dense{}, {x, w}) == tensor<float>({2, 2}, {-2, 12, -2, 30}));
}

TEST_CASE("dense equals a triple loop, whatever the leading axes") {
    random_bits bits(5);
    const auto x = random_tensor<double>({2, 3, 1, 37}, bits);
    const auto w = random_tensor<double>({11, 37}, bits);
    const auto y = run_one<double>(dense{}, {x, w});
    REQUIRE(y.dims() == shape{2, 3, 1, 11});
    for (std::size_t r = 0; r < 6; ++r)
        for (std::size_t o = 0; o < 11; ++o) {
            double sum = 0;
            for (std::size_t k = 0; k < 37; ++k)
                sum += x[r * 37 + k] * w[o * 37 + k];
            CHECK(y[r * 11 + o] == doctest::Approx(sum).epsilon(1e-13));
        }
}

TEST_CASE("dense refuses what does not fit") {
    CHECK_FALSE(refusal(dense{}, {{2, 3}, {4, 5}}).empty());
    CHECK_FALSE(refusal(dense{}, {{}, {4, 5}}).empty());
    CHECK_FALSE(refusal(dense{}, {{2, 3}, {4, 3}, {3}}).empty());
}
