// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/slice.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("slice takes strided parts, forwards and backwards") {
    const auto x = counted<float>({3, 4});
    CHECK(run_one<float>(slice{{1, 0}, {2, 2}, {1, 2}}, {x}) == tensor<float>({2, 2}, {4, 6, 8, 10}));
    CHECK(run_one<float>(slice{{2, 3}, {3, 2}, {-1, -3}}, {x}) == tensor<float>({3, 2}, {11, 8, 7, 4, 3, 0}));
    CHECK(run_one<float>(slice{{0, 1}, {-1, -1}, {1, 1}}, {x}).dims() == shape{3, 3});
    CHECK(run_one<float>(slice{{2, 3}, {-1, -1}, {-1, -2}}, {x}) ==
          tensor<float>({3, 2}, {11, 9, 7, 5, 3, 1}));
    CHECK(run_one<float>(slice{{0, 9}, {3, 0}, {1, 1}}, {x}).dims() == shape{3, 0});
    CHECK(run_whole(slice{{1}, {1}, {INT64_MAX}}, {integers({3}, {5, 6, 7})}) == integers({1}, 6));
}

TEST_CASE("slice refuses what reaches beyond its input") {
    CHECK_FALSE(refusal(slice{{1}, {3}, {1}}, {{3}}).empty());
    CHECK_FALSE(refusal(slice{{3}, {1}, {1}}, {{3}}).empty());
    CHECK_FALSE(refusal(slice{{0}, {2}, {-1}}, {{3}}).empty());
    CHECK_FALSE(refusal(slice{{0}, {2}, {INT64_MIN}}, {{3}}).empty());
    CHECK_FALSE(refusal(slice{{0}, {1}, {0}}, {{3}}).empty());
    CHECK_FALSE(refusal(slice{{0}, {1}, {1}}, {{3, 3}}).empty());
}
