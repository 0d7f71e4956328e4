// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_FIRST_LAST_LAYERS_HPP
#define PITH_GRAPH_FIRST_LAST_LAYERS_HPP
/// The first and the last layers of a network, which suffer most from few bits.

#include <cstddef>
#include <vector>

#include "graph.hpp"

namespace pith {

/// One entry per node: whether it is a conv2d or dense layer with no other such layer before it, or with none
/// after it. (Of a network with many heads, the last layer of every head.)
template <class T, class Layers>
[[nodiscard]] std::vector<bool> first_last_layers(const graph<T, Layers>& g) {
    const auto any = [](const std::vector<bool>& marked, const std::vector<value_id>& ids) {
        for (const auto id : ids)
            if (id != no_value && marked[id])
                return true;
        return false;
    };
    const auto mark = [](std::vector<bool>& marked, const std::vector<value_id>& ids) {
        for (const auto id : ids)
            if (id != no_value)
                marked[id] = true;
    };
    std::vector<bool> outermost(g.nodes.size());
    std::vector<bool> behind(g.values.size()); ///< a layer with weights comes before
    for (std::size_t k = 0; k < g.nodes.size(); ++k) {
        const auto& n = g.nodes[k];
        const bool weighted = has_weights(n.layer);
        const bool before = any(behind, n.inputs);
        outermost[k] = weighted && !before;
        if (weighted || before)
            mark(behind, n.outputs);
    }
    std::vector<bool> ahead(g.values.size()); ///< a layer with weights comes after
    for (std::size_t k = g.nodes.size(); k-- > 0;) {
        const auto& n = g.nodes[k];
        const bool weighted = has_weights(n.layer);
        const bool after = any(ahead, n.outputs);
        outermost[k] = outermost[k] || (weighted && !after);
        if (weighted || after)
            mark(ahead, n.inputs);
    }
    return outermost;
}

} // namespace pith

#endif
