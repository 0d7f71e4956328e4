// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_PASSES_CHANNEL_AFFINE_HPP
#define PITH_GRAPH_PASSES_CHANNEL_AFFINE_HPP
/// A factor and an offset per output channel, drawn into the layer before them.

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "../carry.hpp"
#include "../edit.hpp"
#include "../graph.hpp"
#include "../uses.hpp"

namespace pith::passes {

/// y = x * factor + offset, channel by channel.
struct channel_affine {
    std::vector<double> factor;
    std::vector<double> offset;
};

/// Whether node `k` is a conv2d or dense layer of as many outputs whose only reader is one node, so that what
/// that node does per channel can be drawn into the weights, and into the scales of their codes.
template <class T, class Layers>
[[nodiscard]] bool can_absorb(const graph<T, Layers>& g, const std::vector<value_uses>& uses, node_index k,
                              const channel_affine& a) {
    const std::size_t channels = a.factor.size();
    if (k == no_node || channels == 0)
        return false;
    const auto& n = g.nodes[k];
    if (!has_weights(n.layer))
        return false;
    const auto& weights = g[n.inputs[1]];
    const bool has_bias = n.inputs.size() > 2 && n.inputs[2] != no_value;
    return weights.reals() != nullptr && static_cast<std::size_t>(weights.dims[0]) == channels &&
           has_one_reader(uses[n.outputs[0]]) && !g[n.outputs[0]].is_coded() &&
           (!has_bias || (g[n.inputs[2]].reals() != nullptr && !g[n.inputs[2]].is_coded())) &&
           can_scale_rows(weights, a.factor);
}

/// Gives the node new weights and a new bias, so that it computes what the affine made of its output.
/// @pre can_absorb
template <class T, class Layers>
void absorb(graph<T, Layers>& g, node_index k, const channel_affine& a) {
    auto& n = g.nodes[k];
    value<T> weights = g[n.inputs[1]];
    scale_rows(weights, a.factor);
    const bool has_bias = n.inputs.size() > 2 && n.inputs[2] != no_value;
    tensor<T> bias = has_bias ? *g[n.inputs[2]].reals() : tensor<T>(shape{g[n.inputs[1]].dims[0]});
    for (std::size_t c = 0; c < a.factor.size(); ++c)
        bias[c] = static_cast<T>(static_cast<double>(bias[c]) * a.factor[c] + a.offset[c]);
    const std::string bias_name = has_bias ? g[n.inputs[2]].name : n.name + ".bias";
    n.inputs.resize(3, no_value);
    n.inputs[1] = g.add_value(std::move(weights));
    n.inputs[2] = add_constant(g, bias_name, std::move(bias));
}

} // namespace pith::passes

#endif
