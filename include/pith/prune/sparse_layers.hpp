// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_SPARSE_LAYERS_HPP
#define PITH_PRUNE_SPARSE_LAYERS_HPP
/// Which weights zeros are put into, and how many there are.

#include <algorithm>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../base/ascending.hpp"
#include "../base/result.hpp"
#include "../graph/first_last_layers.hpp"
#include "../graph/graph.hpp"
#include "../graph/uses.hpp"

namespace pith::prune {

/// What stays dense.
struct dense_layers {
    bool first_last = true;       ///< layers with no other layer with weights before them, or none after
    std::size_t depth_below = 64; ///< layers whose outputs have fewer weights each: one filter per channel
    std::vector<std::string> names{};
};

/// The nodes whose weights may lose some, in their order; of several that share weights the first.
template <class T, class Layers>
[[nodiscard]] std::vector<node_index> sparse_layers(const graph<T, Layers>& g, const dense_layers& dense) {
    const auto first_last = first_last_layers(g);
    std::vector<bool> taken(g.values.size());
    std::vector<node_index> out;
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        const auto& n = g.nodes[k];
        if (!has_weights(n.layer) || (dense.first_last && first_last[k]) ||
            std::find(dense.names.begin(), dense.names.end(), n.name) != dense.names.end())
            continue;
        const value_id id = n.inputs[1];
        if (id == no_value || g[id].reals() == nullptr || g[id].reals()->empty() || taken[id])
            continue;
        const auto& w = g[id].dims;
        if (w.product(1, w.rank()) < static_cast<std::int64_t>(dense.depth_below))
            continue;
        taken[id] = true;
        out.push_back(k);
    }
    return out;
}

/// Weights of layers, and how many of them are zero.
struct weight_count {
    std::int64_t weights = 0;
    std::int64_t zeros = 0;
};

/// Weights of a network, and how many of them are zero.
template <class T, class Layers>
[[nodiscard]] weight_count count_weights(const graph<T, Layers>& g) {
    weight_count c;
    for (const auto k : sparse_layers(g, {.first_last = false, .depth_below = 0})) {
        const auto w = g[g.nodes[k].inputs[1]].reals()->data();
        c.weights += static_cast<std::int64_t>(w.size());
        c.zeros += std::count(w.begin(), w.end(), T{0});
    }
    return c;
}

namespace detail {

[[nodiscard]] inline result<void> check_share(float remove) {
    if (remove >= 0.f && remove < 1.f)
        return {};
    return fault{errc::bad_option, "the share of weights to remove must be at least 0 and below 1",
                 std::to_string(remove)};
}

/// Which elements have the `count` lowest scores; of equal ones the first go.
[[nodiscard]] inline std::vector<bool> lowest(const std::vector<double>& scores, std::size_t count) {
    const auto order = ascending(scores);
    std::vector<bool> low(scores.size());
    for (std::size_t i = 0; i < count; ++i)
        low[order[i]] = true;
    return low;
}

[[nodiscard]] inline std::size_t share_of(float remove, std::size_t count) {
    return static_cast<std::size_t>(static_cast<double>(remove) * static_cast<double>(count));
}

/// Zeros where marked, which is from now on a promise.
template <class T>
void put_zeros(value<T>& v, const std::vector<bool>& marked, std::size_t first, const format::sparsity& s) {
    auto& w = *v.reals();
    for (std::size_t i = 0; i < w.size(); ++i)
        if (marked[first + i])
            w[i] = T{0};
    v.sparsity = s;
}

} // namespace detail
} // namespace pith::prune

#endif
