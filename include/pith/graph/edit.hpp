// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_EDIT_HPP
#define PITH_GRAPH_EDIT_HPP
/// Small operations that passes are made of.

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "graph.hpp"
#include "uses.hpp"

namespace pith {

/// Everything that reads `from`, the graph's outputs included, reads `to` instead.
template <class T, class Layers>
void replace_uses(graph<T, Layers>& g, value_id from, value_id to) {
    for (auto& n : g.nodes)
        std::replace(n.inputs.begin(), n.inputs.end(), from, to);
    std::replace(g.outputs.begin(), g.outputs.end(), from, to);
}

/// Adds a constant and gives its id.
template <class T, class Layers>
value_id add_constant(graph<T, Layers>& g, std::string name, tensor<T> elements) {
    value<T> v;
    v.name = std::move(name);
    v.dims = elements.dims();
    v.constant = std::move(elements);
    return g.add_value(std::move(v));
}

/// Removes the nodes whose mark is set.
template <class T, class Layers>
void erase_nodes(graph<T, Layers>& g, const std::vector<bool>& marked) {
    std::vector<node<Layers>> kept;
    for (node_index k = 0; k < g.nodes.size(); ++k)
        if (!marked[k])
            kept.push_back(std::move(g.nodes[k]));
    g.nodes = std::move(kept);
}

namespace detail {

/// Renumbers values so that only the needed ones remain.
template <class T, class Layers>
void compact_values(graph<T, Layers>& g, const std::vector<bool>& needed) {
    std::vector<value_id> to(g.values.size(), no_value);
    std::vector<value<T>> kept;
    for (std::size_t i = 0; i < g.values.size(); ++i)
        if (needed[i]) {
            to[i] = static_cast<value_id>(kept.size());
            kept.push_back(std::move(g.values[i]));
        }
    g.values = std::move(kept);
    const auto renumber = [&](std::vector<value_id>& ids) {
        for (auto& id : ids)
            id = id == no_value ? no_value : to[id];
    };
    for (auto& n : g.nodes) {
        renumber(n.inputs);
        renumber(n.outputs);
    }
    renumber(g.inputs);
    renumber(g.outputs);
}

} // namespace detail

/// Removes nodes that no output of the graph needs, and values that nobody refers to; ids change.
template <class T, class Layers>
void remove_dead(graph<T, Layers>& g) {
    std::vector<bool> needed(g.values.size(), false);
    for (const auto id : g.outputs)
        needed[id] = true;
    std::vector<bool> dead(g.nodes.size(), true);
    for (node_index k = g.nodes.size(); k-- > 0;) {
        const auto& n = g.nodes[k];
        dead[k] = std::none_of(n.outputs.begin(), n.outputs.end(),
                               [&](value_id id) { return id != no_value && needed[id]; });
        if (dead[k])
            continue;
        for (const auto* list : {&n.inputs, &n.outputs})
            for (const auto id : *list)
                if (id != no_value)
                    needed[id] = true;
    }
    for (const auto id : g.inputs)
        needed[id] = true;
    erase_nodes(g, dead);
    detail::compact_values(g, needed);
}

} // namespace pith

#endif
