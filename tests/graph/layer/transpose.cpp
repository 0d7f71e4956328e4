// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/transpose.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("transpose puts axis permutation[i] at i") {
    const auto x = counted<double>({2, 3, 4});
    const auto y = run_one<double>(transpose{{2, 0, 1}}, {x});
    REQUIRE(y.dims() == shape{4, 2, 3});
    for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t j = 0; j < 2; ++j)
            for (std::size_t k = 0; k < 3; ++k)
                CHECK(y(i, j, k) == x(j, k, i));
    CHECK(run_whole(transpose{{1, 0}}, {integers({2, 2}, {1, 2, 3, 4})}) == integers({2, 2}, {1, 3, 2, 4}));
}

TEST_CASE("transpose refuses what is not a permutation") {
    CHECK_FALSE(refusal(transpose{{0, 0}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(transpose{{0, 2}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(transpose{{0}}, {{2, 3}}).empty());
}
