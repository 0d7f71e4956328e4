// SPDX-License-Identifier: MIT
#include "pith/prune/norm_scale.hpp"

#include "group_of_rows.hpp"

using namespace pith;
static_assert(prune::channel_criterion<prune::norm_scale>);

TEST_CASE("norm scale: the channel that is scaled to least goes first") {
    auto g = test::group_of_rows({{1}, {2}, {3}});
    g.norm_scales = {{0.5, 0.1, 2}, {0.1, 0.2, 0}};
    CHECK(test::order_of(prune::norm_scale{}, g) == std::vector<std::size_t>{1, 0, 2});
}

TEST_CASE("norm scale: refuses channels without a batch normalisation") {
    const auto scores = prune::norm_scale{}(test::group_of_rows({{1}, {2}}));
    REQUIRE(!scores);
    CHECK(scores.error().code == errc::unsupported);
    CHECK(std::string_view(scores.error().where) == "layer");
}
