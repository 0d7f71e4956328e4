// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_GROUP_WEIGHTS_HPP
#define PITH_PRUNE_GROUP_WEIGHTS_HPP
/// What a criterion sees of a group of channels: the weights that make them and the weights that read them.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../graph/graph.hpp"
#include "../graph/reads_rows.hpp"
#include "channel_groups.hpp"

namespace pith::prune {

/// A layer's weights [rows, columns], one row for each of its outputs, and which rows or columns each unit of
/// the group holds.
struct layer_slices {
    node_index node = no_node;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> weights;
    std::vector<std::vector<std::uint32_t>> of_unit;
    /// Of the layer's groups, which have the same columns each: [groups, columns, columns], the mean of
    /// x x^T over what the columns multiply; empty where no samples were given.
    std::vector<double> moments;

    /// The weights of one output.
    [[nodiscard]] const double* row(std::size_t r) const noexcept { return weights.data() + r * columns; }
};

struct group_weights {
    std::string name;
    std::size_t units = 0;
    std::vector<layer_slices> makers;  ///< units hold rows
    std::vector<layer_slices> readers; ///< units hold columns
    std::vector<std::vector<double>>
        norm_scales; ///< per batch normalisation: of each unit the sum of |gamma|
};

namespace detail {

template <class T, class Layers>
[[nodiscard]] layer_slices slices_of(const graph<T, Layers>& g, node_index k, std::size_t units) {
    const tensor<T>& w = *g[g.nodes[k].inputs[1]].reals();
    layer_slices s;
    s.node = k;
    s.rows = static_cast<std::size_t>(w.dims()[0]);
    s.columns = s.rows == 0 ? 0 : w.size() / s.rows;
    s.weights.assign(w.data().begin(), w.data().end());
    s.of_unit.resize(units);
    return s;
}

/// The weights of one output that meet input channel `c`; channels of other groups meet the same.
template <class T, class Layers>
void add_columns(const graph<T, Layers>& g, layer_slices& s, std::size_t unit, std::int64_t c) {
    const auto in = static_cast<std::size_t>(g[g.nodes[s.node].inputs[1]].dims.back());
    if (static_cast<std::size_t>(c) >= in)
        return;
    for (auto at = static_cast<std::size_t>(c); at < s.columns; at += in)
        s.of_unit[unit].push_back(static_cast<std::uint32_t>(at));
}

/// Whether a layer passes channels on one by one, so that they go with those it reads.
template <class T, class Layers>
[[nodiscard]] bool filters_each(const graph<T, Layers>& g, const node<Layers>& n) {
    const auto* conv = layer_of<conv2d>(n);
    return conv != nullptr && conv->groups > 1 && g[n.inputs[1]].dims.back() == 1;
}

template <class T>
[[nodiscard]] double magnitude_of(const tensor<T>& scales, std::int64_t channel) {
    const double v = static_cast<double>(scales[static_cast<std::size_t>(channel)]);
    return v < 0 ? -v : v;
}

} // namespace detail

/// @pre the group is one of the graph's and can go
template <class T, class Layers>
[[nodiscard]] group_weights weights_of(const graph<T, Layers>& g, const std::vector<value_uses>& uses,
                                       const channel_group& group) {
    group_weights out{group.name, group.units.size(), {}, {}, {}};
    std::map<node_index, layer_slices> makers, readers;
    std::map<node_index, std::vector<double>> norms;
    const auto at = [&](std::map<node_index, layer_slices>& list, node_index k) -> layer_slices& {
        const auto found = list.find(k);
        return found != list.end() ? found->second
                                   : list.emplace(k, detail::slices_of(g, k, out.units)).first->second;
    };
    for (std::size_t u = 0; u < out.units; ++u)
        for (const auto& [id, channel] : group.units[u]) {
            const node_index k = uses[id].producer;
            if (k != no_node && reads_rows(g.nodes[k]))
                at(makers, k).of_unit[u].push_back(static_cast<std::uint32_t>(channel));
            if (k != no_node && layer_of<batch_norm>(g.nodes[k]) != nullptr)
                if (const auto* gamma = g[g.nodes[k].inputs[1]].reals()) {
                    auto& sums = norms[k];
                    sums.resize(out.units);
                    sums[u] += detail::magnitude_of(*gamma, channel);
                }
            for (const node_index r : uses[id].readers)
                if (reads_rows(g.nodes[r]) && !detail::filters_each(g, g.nodes[r]))
                    detail::add_columns(g, at(readers, r), u, channel);
        }
    for (auto& [k, s] : makers)
        out.makers.push_back(std::move(s));
    for (auto& [k, s] : readers)
        out.readers.push_back(std::move(s));
    for (auto& [k, s] : norms)
        out.norm_scales.push_back(std::move(s));
    return out;
}

} // namespace pith::prune

#endif
