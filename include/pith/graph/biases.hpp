// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_BIASES_HPP
#define PITH_GRAPH_BIASES_HPP
/// Biases of layers with weights.

#include <utility>
#include <vector>

#include "edit.hpp"
#include "graph.hpp"
#include "uses.hpp"

namespace pith {

/// The bias of a conv2d or dense layer, or null.
template <class T, class Layers>
[[nodiscard]] const tensor<T>* bias_of(const graph<T, Layers>& g, const node<Layers>& n) {
    return n.inputs.size() > 2 && n.inputs[2] != no_value ? g[n.inputs[2]].reals() : nullptr;
}

/// Gives a layer with weights a bias of its own; one of zeros where there is none.
template <class T, class Layers>
void own_bias(graph<T, Layers>& g, const std::vector<value_uses>& uses, node<Layers>& n) {
    if (!has_weights(n.layer) || n.inputs.size() < 2 || n.inputs[1] == no_value)
        return;
    const tensor<T>* bias = bias_of(g, n);
    const bool absent = n.inputs.size() < 3 || n.inputs[2] == no_value;
    if (absent ? g[n.inputs[1]].reals() == nullptr : bias == nullptr || uses[n.inputs[2]].readers.size() == 1)
        return;
    tensor<T> own = absent ? tensor<T>(shape{g[n.inputs[1]].dims[0]}) : *bias;
    n.inputs.resize(3, no_value);
    n.inputs[2] = add_constant(g, n.name + ".bias", std::move(own));
}
/// Every one.
template <class T, class Layers>
void own_biases(graph<T, Layers>& g) {
    const auto uses = uses_of(g);
    for (auto& n : g.nodes)
        own_bias(g, uses, n);
}

} // namespace pith

#endif
