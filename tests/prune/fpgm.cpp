// SPDX-License-Identifier: MIT
#include "pith/prune/fpgm.hpp"

#include "group_of_rows.hpp"

using namespace pith;
static_assert(prune::channel_criterion<prune::fpgm>);

TEST_CASE("fpgm: the filter nearest to the others goes first, however large") {
    const auto g = test::group_of_rows({{10, 0}, {10, 4}, {10, 1}, {0, 0}});
    CHECK(test::order_of(prune::fpgm{}, g) == std::vector<std::size_t>{2, 0, 1, 3});
    const auto scores = prune::fpgm{}(test::group_of_rows({{0, 0}, {3, 4}}));
    REQUIRE(scores);
    CHECK((*scores)[0] == doctest::Approx(0.5));
}
