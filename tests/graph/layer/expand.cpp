// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/expand.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("expand repeats axes of size 1, in either direction") {
    const tensor<float> x({2, 1}, {1, 2});
    CHECK(run_one<float>(expand{{2, 3}}, {x}) == tensor<float>({2, 3}, {1, 1, 1, 2, 2, 2}));
    CHECK(run_one<float>(expand{{1}}, {x}) == x);
    CHECK(run_one<float>(expand{{2, 1, 2}}, {x}) == tensor<float>({2, 2, 2}, {1, 1, 2, 2, 1, 1, 2, 2}));
    CHECK(run_whole(expand{{2}}, {integers(shape{}, 4)}) == integers({2}, {4, 4}));
    CHECK(run_one<float>(expand{{0}}, {tensor<float>({1})}).dims() == shape{0});
}

TEST_CASE("expand refuses sizes that do not broadcast") {
    CHECK_FALSE(refusal(expand{{3}}, {{2}}).empty());
    CHECK_FALSE(refusal(expand{{-1}}, {{1}}).empty());
    CHECK_FALSE(refusal(expand{{1LL << 30, 1LL << 30}}, {{1}}).empty());
}
