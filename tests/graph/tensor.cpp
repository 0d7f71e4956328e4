// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include <pith/graph/tensor.hpp>

using namespace pith;

TEST_CASE("tensor: one index per axis names the elements in row-major order") {
    tensor<float> t({2, 3, 4, 5});
    for (std::size_t i = 0; i < t.size(); ++i)
        t[i] = static_cast<float>(i);
    float next = 0;
    for (std::int64_t n = 0; n < 2; ++n)
        for (int row = 0; row < 3; ++row)
            for (std::size_t column = 0; column < 4; ++column)
                for (std::uint8_t channel = 0; channel < 5; ++channel)
                    CHECK(t(n, row, column, channel) == next++);
    t(1, 2, 3, 4) = -1;
    CHECK(std::as_const(t)[119] == -1);
    CHECK(std::as_const(t)(1, 2, 3, 4) == -1);
    tensor<std::int64_t> scalar(shape{}, 7);
    CHECK(scalar() == 7);
}

TEST_CASE("tensor: another shape keeps the elements and moves their indices") {
    tensor<float> t({2, 3}, {0, 1, 2, 3, 4, 5});
    CHECK(t(1, 0) == 3);
    t.reshape({3, 2});
    CHECK(t(1, 0) == 2);
    CHECK(t(2, 1) == 5);
}
