// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/split.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("split cuts an axis into its sizes") {
    const auto x = counted<float>({2, 3, 2});
    const auto y = run<float>(split{.axis = 1, .sizes = {1, 2}}, {x});
    REQUIRE(y.size() == 2);
    CHECK(std::get<0>(y[0]) == tensor<float>({2, 1, 2}, {0, 1, 6, 7}));
    CHECK(std::get<0>(y[1]) == tensor<float>({2, 2, 2}, {2, 3, 4, 5, 8, 9, 10, 11}));
}

TEST_CASE("split refuses sizes that do not add up") {
    CHECK_FALSE(refusal(split{.axis = 0, .sizes = {1, 1}}, {{3}}).empty());
    CHECK_FALSE(refusal(split{.axis = 0, .sizes = {2, 2}}, {{3}}).empty());
    CHECK_FALSE(refusal(split{.axis = 0, .sizes = {4, -1}}, {{3}}).empty());
    CHECK_FALSE(refusal(split{.axis = 1, .sizes = {3}}, {{3}}).empty());
}
