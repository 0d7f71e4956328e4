// SPDX-License-Identifier: MIT
#ifndef PITH_SEARCH_BEST_CHOICES_HPP
#define PITH_SEARCH_BEST_CHOICES_HPP
/// The multiple-choice knapsack: one choice for every layer, so that the sum of losses is least and the sum
/// of costs stays within a budget. Dynamic programming over buckets of cost.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "../base/ascending.hpp"

namespace pith::search {

/// One way to treat a layer.
struct choice {
    std::uint64_t cost = 0; ///< bytes, multiply-adds, nanoseconds
    double loss = 0;        ///< that it adds; finite
};

/// One choice for every layer.
struct selection {
    std::vector<std::size_t> chosen; ///< index of the choice, by layer
    std::uint64_t cost = 0;
    double loss = 0;
};

struct selection_options {
    std::size_t buckets = 10000; ///< costs are rounded up to budget / buckets
    std::size_t most = 4;        ///< selections to return
};

namespace detail {

/// The best ways to spend so much on the layers so far: each extends one of the layer before.
struct partial {
    double loss = 0;
    std::uint32_t chosen = 0;
    std::uint32_t spent = 0; ///< in buckets, on the layers before
    std::uint32_t rank = 0;  ///< among those
};

using partials = std::vector<std::vector<partial>>; ///< by what was spent, in buckets, in ascending loss

/// Keeps the `most` of least loss; of equals those that were there first.
inline void keep_best(std::vector<partial>& list, const partial& p, std::size_t most) {
    const auto at = std::upper_bound(list.begin(), list.end(), p,
                                     [](const partial& a, const partial& b) { return a.loss < b.loss; });
    if (static_cast<std::size_t>(at - list.begin()) < most)
        list.insert(at, p);
    if (list.size() > most)
        list.pop_back();
}

[[nodiscard]] inline partials extended(const partials& before, std::span<const choice> choices,
                                       std::uint64_t unit, std::size_t most) {
    partials after(before.size());
    for (std::size_t c = 0; c < choices.size(); ++c) {
        const std::uint64_t cost = (choices[c].cost + unit - 1) / unit;
        for (std::size_t spent = 0; spent + cost < before.size(); ++spent)
            for (std::size_t rank = 0; rank < before[spent].size(); ++rank)
                keep_best(after[spent + static_cast<std::size_t>(cost)],
                          {before[spent][rank].loss + choices[c].loss, static_cast<std::uint32_t>(c),
                           static_cast<std::uint32_t>(spent), static_cast<std::uint32_t>(rank)},
                          most);
    }
    return after;
}

} // namespace detail

/// The selections of least loss whose cost is at most `budget`, best first; none where even the cheapest
/// choices cost more. Costs are rounded up to a bucket: budgets below `buckets` are exact.
/// @pre every layer has a choice
[[nodiscard]] inline std::vector<selection> best_choices(const std::vector<std::vector<choice>>& layers,
                                                         std::uint64_t budget,
                                                         const selection_options& o = {}) {
    const std::uint64_t unit = budget / std::max<std::size_t>(1, o.buckets) + 1;
    std::vector<detail::partials> table(1, detail::partials(static_cast<std::size_t>(budget / unit) + 1));
    table[0][0].push_back({});
    for (const auto& choices : layers)
        table.push_back(detail::extended(table.back(), choices, unit, o.most));

    std::vector<std::pair<std::size_t, std::size_t>> ends; // what was spent, and the rank
    std::vector<double> losses;
    for (std::size_t spent = 0; spent < table.back().size(); ++spent)
        for (std::size_t rank = 0; rank < table.back()[spent].size(); ++rank) {
            ends.emplace_back(spent, rank);
            losses.push_back(table.back()[spent][rank].loss);
        }
    auto order = ascending(losses);
    order.resize(std::min(order.size(), o.most));

    std::vector<selection> found;
    for (const std::size_t place : order) {
        auto [spent, rank] = ends[place];
        selection s{std::vector<std::size_t>(layers.size()), 0, table.back()[spent][rank].loss};
        for (std::size_t l = layers.size(); l-- > 0;) {
            const detail::partial& p = table[l + 1][spent][rank];
            s.chosen[l] = p.chosen;
            s.cost += layers[l][p.chosen].cost;
            spent = p.spent;
            rank = p.rank;
        }
        found.push_back(std::move(s));
    }
    return found;
}

} // namespace pith::search

#endif
