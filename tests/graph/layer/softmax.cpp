// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>

#include <pith/graph/layer/softmax.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("softmax and its logarithm along every axis") {
    random_bits bits(1);
    const auto x = random_tensor<double>({2, 3, 4}, bits, 5);
    const std::size_t steps[] = {12, 4, 1};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto y = run_one<double>(softmax{static_cast<std::uint8_t>(axis)}, {x});
        const auto l = run_one<double>(softmax{static_cast<std::uint8_t>(axis), true}, {x});
        const auto size = static_cast<std::size_t>(x.dims()[axis]);
        for (std::size_t i = 0; i < x.size(); ++i) {
            const std::size_t first = i - i / steps[axis] % size * steps[axis];
            double sum = 0;
            for (std::size_t k = 0; k < size; ++k)
                sum += std::exp(x[first + k * steps[axis]]);
            CHECK(y[i] == doctest::Approx(std::exp(x[i]) / sum).epsilon(1e-12));
            CHECK(l[i] == doctest::Approx(x[i] - std::log(sum)).epsilon(1e-12));
        }
    }
}

TEST_CASE("softmax of large numbers is finite") {
    const auto y = run_one<float>(softmax{0}, {tensor<float>({2}, {1e4f, 1e4f})});
    CHECK(y == tensor<float>({2}, 0.5f));
}

TEST_CASE("softmax refuses an axis beyond the rank") {
    CHECK_FALSE(refusal(softmax{1}, {{3}}).empty());
}
