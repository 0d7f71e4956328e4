// SPDX-License-Identifier: MIT
#include "pith/prune/l1.hpp"

#include "group_of_rows.hpp"

using namespace pith;
static_assert(prune::channel_criterion<prune::l1>);

TEST_CASE("l1: the filter with the smallest sum of magnitudes goes first") {
    const auto g = test::group_of_rows({{3, 0, 0}, {1, -1, 1.5}, {-1, 0.5, 0.25}, {-2, -2, -2}});
    CHECK(test::order_of(prune::l1{}, g) == std::vector<std::size_t>{2, 0, 1, 3});
}

TEST_CASE("l1: layers that make the same channels count alike, whatever their scale") {
    auto g = test::group_of_rows({{1, 0}, {3, 0}});
    auto second = g.makers[0];
    second.weights = {0.002, 0, 0.001, 0};
    g.makers.push_back(second);
    const auto scores = prune::l1{}(g);
    REQUIRE(scores);
    CHECK((*scores)[0] == doctest::Approx(0.25 + 2. / 3));
    CHECK((*scores)[1] == doctest::Approx(0.75 + 1. / 3));
}
