// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/reshape.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("reshape copies axes and fills in what is left") {
    const auto x = counted<float>({2, 3, 4});
    CHECK(run_one<float>(reshape{{0, -1}}, {x}).dims() == shape{2, 12});
    CHECK(run_one<float>(reshape{{-1}}, {x}).dims() == shape{24});
    CHECK(run_one<float>(reshape{{4, 0, 2}}, {x}).dims() == shape{4, 3, 2});
    CHECK(run_one<float>(reshape{{0, 0, 1, -1}}, {x}).dims() == shape{2, 3, 1, 4});
    CHECK(run_one<float>(reshape{{6, 4}}, {x})[23] == 23);
    CHECK(run_one<float>(reshape{{5, 0}, true}, {tensor<float>({0, 3})}).dims() == shape{5, 0});
    CHECK(run_whole(reshape{{}}, {integers({1}, 3)}) == integers(shape{}, 3));
}

TEST_CASE("reshape refuses another number of elements") {
    CHECK_FALSE(refusal(reshape{{5, -1}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reshape{{7}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reshape{{-1, -1}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reshape{{-2, 3}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reshape{{0, 3}, true}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reshape{{6, 1, 0}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reshape{{1, 1, 1, 1, 1, 1, 1, 1, 6}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reshape{{1LL << 35, 1LL << 35}}, {{2, 3}}).empty());
}
