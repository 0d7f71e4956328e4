// SPDX-License-Identifier: MIT
#include "pith/prune/l2.hpp"

#include "group_of_rows.hpp"

using namespace pith;
static_assert(prune::channel_criterion<prune::l2>);

TEST_CASE("l2: the filter with the smallest norm goes first, a unit's filters counted together") {
    auto g = test::group_of_rows({{3, 0, 0}, {1, -1, 1.5}, {-1, 0.5, 0.25}, {-2, -2, -2}});
    CHECK(test::order_of(prune::l2{}, g) == std::vector<std::size_t>{2, 1, 0, 3});
    g.units = 2;
    g.makers[0].of_unit = {{0, 1}, {2, 3}}; // 3 + 2.06 and 1.15 + 3.46
    CHECK(test::order_of(prune::l2{}, g) == std::vector<std::size_t>{1, 0});
}

TEST_CASE("l2: a group without weights scores nothing") {
    CHECK(*prune::l2{}({"none", 3, {}, {}, {}}) == std::vector<double>(3));
}
