// SPDX-License-Identifier: MIT
#include "pith/prune/criterion.hpp"

#include <doctest/doctest.h>

#include <pith/prune/l1.hpp>
#include <pith/prune/obs.hpp>

using namespace pith;
using namespace pith::prune;

namespace {

/// One of a user's own: the last channels go first.
struct position {
    result<std::vector<double>> operator()(const group_weights& g) const {
        std::vector<double> scores;
        for (std::size_t u = g.units; u > 0; --u)
            scores.push_back(static_cast<double>(u));
        return scores;
    }
};
struct no_scores {
    double operator()(const group_weights&) const { return 0; }
};
static_assert(channel_criterion<position> && !channel_criterion<no_scores>);

} // namespace

TEST_CASE("criterion: anything that gives a number per unit, and says whether it looks at samples") {
    const any_criterion own = position{};
    const auto scores = own({"g", 2, {}, {}, {}});
    REQUIRE(scores);
    CHECK(*scores == std::vector<double>{2, 1});
    CHECK(!own.needs_moments());
    CHECK(!any_criterion(l1{}).needs_moments());
    CHECK(any_criterion(obs{}).needs_moments());
}
