// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_CHANNELS_HPP
#define PITH_PRUNE_CHANNELS_HPP
/// channels: whole channels leave a network, through every layer that they touch, and weights become fewer.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "../base/ascending.hpp"
#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "channel_groups.hpp"
#include "criterion.hpp"
#include "draw_moments.hpp"
#include "group_weights.hpp"
#include "keep_channels.hpp"
#include "l2.hpp"
#include "refit.hpp"

namespace pith::prune {

/// What became of a group.
struct channel_outcome {
    std::string name;        ///< of the first layer that makes its channels
    std::size_t units = 0;   ///< channels, or sets of channels that can only go together
    std::size_t removed = 0; ///< units
    std::string why{};       ///< they had to stay; empty: they did not
};

enum class ratio : std::uint8_t {
    uniform, ///< the same share of every group
    global,  ///< those that score lowest in the whole network, each group's scores relative to their mean
};

namespace detail {

/// A group with the scores of its units, in the order in which they go.
struct ranked_group {
    std::size_t index = 0;
    std::size_t step = 1; ///< units that make a width a multiple
    std::vector<double> scores;
    std::vector<std::size_t> order;
    std::size_t removed = 0;
};

} // namespace detail

/// Removes about `remove` of the channels, and gives the layers that read what is left the weights that come
/// nearest to what they gave before. Wants a network without codes. Widths stay multiples of `multiple_of`.
struct channels {
    any_criterion criterion = l2{};
    float remove = 0.5f; ///< share of the channels, [0, 1)
    ratio how = ratio::uniform;
    std::size_t multiple_of = 16; ///< widths are rounded up to it: the tile of the kernels to come
    calibration_options look{};   ///< without samples nothing is fitted
    bool fit = true;
    double damping = 0.02;           ///< refit::damping
    std::vector<std::size_t> only{}; ///< groups, by their places in the outcomes; empty: all

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        std::vector<channel_outcome> nobody;
        return (*this)(std::move(g), nobody);
    }
    /// @param outcomes one per group, in the order of their first values
    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g,
                                                      std::vector<channel_outcome>& outcomes) const;

private:
    template <class T, class Layers>
    [[nodiscard]] result<void> check(const graph<T, Layers>& g) const;
    template <class T, class Layers>
    [[nodiscard]] result<std::vector<detail::ranked_group>>
    rank_groups(const graph<T, Layers>& g, const std::vector<channel_group>& groups,
                std::vector<channel_outcome>& outcomes) const;
};

namespace detail {

/// Channels of a unit in the value that has fewest of them.
[[nodiscard]] inline std::size_t least_channels(const coupled_channels& unit) {
    std::size_t least = unit.size();
    for (std::size_t i = 0; i < unit.size();) {
        std::size_t end = i;
        while (end < unit.size() && unit[end].value == unit[i].value)
            ++end;
        least = std::min(least, end - i);
        i = end;
    }
    return least;
}

[[nodiscard]] inline ranked_group rank(std::size_t index, const channel_group& group,
                                       std::vector<double> scores, std::size_t multiple_of) {
    auto order = ascending(scores);
    ranked_group r{index, 1, std::move(scores), std::move(order), 0};
    r.step = multiple_of / std::gcd(multiple_of, least_channels(group.units[0]));
    return r;
}

/// As many as may go of those that would.
[[nodiscard]] inline std::size_t rounded_removal(const ranked_group& r, std::size_t wanted) {
    const std::size_t units = r.order.size();
    const std::size_t kept = std::max<std::size_t>(units - wanted, 1);
    const std::size_t rounded = (kept + r.step - 1) / r.step * r.step;
    return rounded >= units ? 0 : units - rounded;
}

inline void choose_uniformly(std::vector<ranked_group>& groups, double remove) {
    for (auto& r : groups)
        r.removed =
            rounded_removal(r, static_cast<std::size_t>(remove * static_cast<double>(r.order.size())));
}

inline void choose_globally(std::vector<ranked_group>& groups, double remove) {
    std::vector<double> all;
    std::vector<std::size_t> group_of;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const auto& s = groups[i].scores;
        const double mean = std::accumulate(s.begin(), s.end(), 0.) / static_cast<double>(s.size());
        for (const double v : s)
            all.push_back(mean > 0 ? v / mean : v);
        group_of.resize(all.size(), i);
    }
    const auto order = ascending(all);
    std::vector<std::size_t> wanted(groups.size());
    const auto gone = static_cast<std::size_t>(remove * static_cast<double>(all.size()));
    for (std::size_t i = 0; i < gone; ++i)
        ++wanted[group_of[order[i]]];
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i].removed = rounded_removal(groups[i], wanted[i]);
}

/// The moments of what every reader reads, in the network as it is.
template <class T, class Layers>
[[nodiscard]] result<void> add_moments(const graph<T, Layers>& g, std::vector<group_weights>& weights,
                                       const calibration_options& look) {
    std::vector<std::vector<layer_slices*>> wanted(g.nodes.size());
    for (auto& group : weights)
        for (auto& reader : group.readers)
            if (reader.columns <= most_depth)
                wanted[reader.node].push_back(&reader);
    sample_walk<T, Layers> walk(g);
    PITH_TRY(walk.take(look.calibration, look.samples));
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        if (!wanted[k].empty()) {
            const row_sources<T, Layers> from{walk};
            const auto m = draw_moments(g.nodes[k], *g[g.nodes[k].inputs[1]].reals(), from, look,
                                        look.seed + k * look.samples)
                               .moments();
            for (auto* reader : wanted[k])
                reader->moments = m.inputs;
        }
        PITH_TRY(walk.run(k));
    }
    return {};
}

[[nodiscard]] inline bool good_scores(const std::vector<double>& scores, std::size_t units) {
    return scores.size() == units &&
           std::all_of(scores.begin(), scores.end(), [](double s) { return std::isfinite(s) && s >= 0; });
}

[[nodiscard]] inline std::string sentence_of(const fault& f) {
    return f.where[0] == '\0' ? std::string(f.what) : std::string(f.what) + " ('" + f.where + "')";
}

/// Layers that read values which lost channels.
template <class T, class Layers>
[[nodiscard]] std::vector<bool> bereft_readers(const graph<T, Layers>& g, const kept_of_values& kept) {
    const auto uses = uses_of(g);
    std::vector<bool> marked(g.nodes.size(), false);
    for (node_index k = 0; k < g.nodes.size(); ++k)
        marked[k] =
            can_refit(g, uses, k) && loses(kept[g.nodes[k].inputs[0]]) && !filters_each(g, g.nodes[k]);
    return marked;
}

} // namespace detail

template <class T, class Layers>
result<void> channels::check(const graph<T, Layers>& g) const {
    if (!(remove >= 0.f && remove < 1.f))
        return fault{errc::bad_option, "the share of channels to remove must be at least 0 and below 1",
                     std::to_string(remove)};
    if (multiple_of == 0)
        return fault{errc::bad_option, "widths must be multiples of at least 1"};
    for (const auto& v : g.values)
        if (v.is_coded())
            return fault{errc::unsupported,
                         "channels are removed before codes are chosen; forget the codes first", v.name};
    return detail::check(look);
}

/// Of the groups that can go. A group that the criterion cannot judge has to stay.
template <class T, class Layers>
result<std::vector<detail::ranked_group>>
channels::rank_groups(const graph<T, Layers>& g, const std::vector<channel_group>& groups,
                      std::vector<channel_outcome>& outcomes) const {
    const auto uses = uses_of(g);
    std::vector<std::size_t> free;
    std::vector<group_weights> weights;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        outcomes.push_back({groups[i].name, groups[i].units.size(), 0, groups[i].why});
        if (!groups[i].why.empty())
            continue;
        if (!only.empty() && std::find(only.begin(), only.end(), i) == only.end()) {
            outcomes.back().why = "not among those that are to lose channels";
            continue;
        }
        free.push_back(i);
        weights.push_back(weights_of(g, uses, groups[i]));
    }
    if (look.given() && criterion.needs_moments())
        PITH_TRY(detail::add_moments(g, weights, look));
    std::vector<detail::ranked_group> ranked;
    for (std::size_t i = 0; i < free.size(); ++i) {
        auto scores = criterion(weights[i]);
        if (!scores)
            outcomes[free[i]].why = detail::sentence_of(scores.error());
        else if (!detail::good_scores(*scores, weights[i].units))
            outcomes[free[i]].why = "the criterion gives no finite number for each channel";
        else
            ranked.push_back(detail::rank(free[i], groups[free[i]], *std::move(scores), multiple_of));
    }
    return ranked;
}

template <class T, class Layers>
result<graph<T, Layers>> channels::operator()(graph<T, Layers> g,
                                              std::vector<channel_outcome>& outcomes) const {
    outcomes.clear();
    PITH_TRY(check(g));
    PITH_TRY(infer_shapes(g));
    const auto groups = find_channel_groups(g);
    if (!groups)
        return groups.error();
    auto ranked = rank_groups(g, *groups, outcomes);
    if (!ranked)
        return ranked.error();
    if (how == ratio::global)
        detail::choose_globally(*ranked, static_cast<double>(remove));
    else
        detail::choose_uniformly(*ranked, static_cast<double>(remove));
    std::vector<coupled_channels> gone;
    for (const auto& r : *ranked) {
        outcomes[r.index].removed = r.removed;
        for (std::size_t i = 0; i < r.removed; ++i)
            gone.push_back((*groups)[r.index].units[r.order[i]]);
    }
    const auto kept = kept_without(g, gone);
    auto smaller = keep_channels(g, kept);
    if (!smaller || !fit || !look.given())
        return smaller;
    return detail::refit_layers(g, *std::move(smaller), kept, detail::bereft_readers(g, kept),
                                refit{look, damping}, [](const value<T>&, const gram&) {});
}

} // namespace pith::prune

#endif
