// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_PRUNE_GROUP_OF_ROWS_HPP
#define PITH_TESTS_PRUNE_GROUP_OF_ROWS_HPP
/// A group of channels whose weights are written down.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/prune/criterion.hpp>

namespace pith::test {

/// One maker, each of whose rows is a unit.
inline prune::group_weights group_of_rows(const std::vector<std::vector<double>>& rows) {
    prune::group_weights g{"layer", rows.size(), {}, {}, {}};
    prune::layer_slices s;
    s.rows = rows.size();
    s.columns = rows[0].size();
    for (std::uint32_t r = 0; r < s.rows; ++r) {
        s.weights.insert(s.weights.end(), rows[r].begin(), rows[r].end());
        s.of_unit.push_back({r});
    }
    g.makers.push_back(std::move(s));
    return g;
}

/// The units from the one that goes first.
template <class Criterion>
std::vector<std::size_t> order_of(const Criterion& c, const prune::group_weights& g) {
    const auto scores = c(g);
    REQUIRE(scores);
    REQUIRE(scores->size() == g.units);
    std::vector<std::size_t> order(g.units);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return (*scores)[a] < (*scores)[b]; });
    return order;
}

} // namespace pith::test

#endif
