// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/matmul.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("matmul by hand, on reals and on whole numbers") {
    const tensor<float> a({2, 3}, {1, 2, 3, 4, 5, 6});
    const tensor<float> b({3, 2}, {1, 0, 0, 1, 2, 2});
    CHECK(run_one<float>(matmul{}, {a, b}) == tensor<float>({2, 2}, {7, 8, 16, 17}));
    const integers c({1, 2}, {3, 4});
    const integers d({2, 1}, {5, 6});
    CHECK(run_whole(matmul{}, {c, d}) == integers({1, 1}, 39));
}

TEST_CASE("matmul broadcasts the axes before the last two") {
    random_bits bits(9);
    const auto a = random_tensor<double>({3, 1, 4, 5}, bits);
    const auto b = random_tensor<double>({2, 5, 6}, bits);
    const auto y = run_one<double>(matmul{}, {a, b});
    REQUIRE(y.dims() == shape{3, 2, 4, 6});
    for (std::size_t p = 0; p < 3; ++p)
        for (std::size_t q = 0; q < 2; ++q)
            for (std::size_t m = 0; m < 4; ++m)
                for (std::size_t n = 0; n < 6; ++n) {
                    double sum = 0;
                    for (std::size_t k = 0; k < 5; ++k)
                        sum += a(p, 0, m, k) * b(q, k, n);
                    CHECK(y(p, q, m, n) == doctest::Approx(sum).epsilon(1e-13));
                }
}

TEST_CASE("matmul refuses what does not fit") {
    CHECK_FALSE(refusal(matmul{}, {{2, 3}, {2, 3}}).empty());
    CHECK_FALSE(refusal(matmul{}, {{3}, {3, 2}}).empty());
    CHECK_FALSE(refusal(matmul{}, {{2, 4, 3}, {3, 3, 2}}).empty());
}
