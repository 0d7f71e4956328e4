// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_USES_HPP
#define PITH_GRAPH_USES_HPP
/// Who makes and who reads each value.

#include <cstddef>
#include <limits>
#include <vector>

#include "graph.hpp"

namespace pith {

using node_index = std::size_t;
inline constexpr node_index no_node = std::numeric_limits<node_index>::max();

/// One value's neighbourhood. A node that reads it twice is listed twice.
struct value_uses {
    node_index producer = no_node;
    std::vector<node_index> readers;
    bool is_output = false; ///< of the graph
};

/// Whether exactly one node reads the value, and the network does not give it out.
[[nodiscard]] inline bool has_one_reader(const value_uses& u) noexcept {
    return u.readers.size() == 1 && !u.is_output;
}

/// One entry per value; out of date as soon as the graph's nodes change.
template <class T, class Layers>
[[nodiscard]] std::vector<value_uses> uses_of(const graph<T, Layers>& g) {
    std::vector<value_uses> uses(g.values.size());
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        for (const auto id : g.nodes[k].inputs)
            if (id != no_value)
                uses[id].readers.push_back(k);
        for (const auto id : g.nodes[k].outputs)
            if (id != no_value)
                uses[id].producer = k;
    }
    for (const auto id : g.outputs)
        uses[id].is_output = true;
    return uses;
}

/// The index of the last node that reads (or, unread, makes) each value; no_node for graph outputs.
template <class T, class Layers>
[[nodiscard]] std::vector<node_index> last_uses(const graph<T, Layers>& g) {
    std::vector<node_index> last(g.values.size(), 0);
    for (node_index k = 0; k < g.nodes.size(); ++k)
        for (const auto* list : {&g.nodes[k].inputs, &g.nodes[k].outputs})
            for (const auto id : *list)
                if (id != no_value)
                    last[id] = k;
    for (const auto id : g.outputs)
        last[id] = no_node;
    return last;
}

} // namespace pith

#endif
