// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_PRUNE_HPP
#define PITH_IO_ONNX_PRUNE_HPP
/// Drops nodes and values that no output needs.

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "../../graph/graph.hpp"

namespace pith::io::onnx {

/// Keeps every graph input.
inline void prune(graph<float>& g) {
    std::vector<bool> wanted(g.values.size(), false);
    for (const auto id : g.outputs)
        wanted[id] = true;
    std::vector<node<layer_list>> nodes;
    for (std::size_t i = g.nodes.size(); i-- > 0;) {
        auto& n = g.nodes[i];
        bool live = false;
        for (const auto id : n.outputs)
            live = live || wanted[id];
        if (!live)
            continue;
        for (const auto id : n.outputs)
            wanted[id] = true;
        for (const auto id : n.inputs)
            if (id != no_value)
                wanted[id] = true;
        nodes.push_back(std::move(n));
    }
    g.nodes.assign(std::make_move_iterator(nodes.rbegin()), std::make_move_iterator(nodes.rend()));
    for (const auto id : g.inputs)
        wanted[id] = true;
    std::vector<value_id> moved(g.values.size(), no_value);
    std::vector<value<float>> values;
    for (std::size_t i = 0; i < g.values.size(); ++i)
        if (wanted[i]) {
            moved[i] = static_cast<value_id>(values.size());
            values.push_back(std::move(g.values[i]));
        }
    g.values = std::move(values);
    const auto renumber = [&](std::vector<value_id>& ids) {
        for (auto& id : ids)
            if (id != no_value)
                id = moved[id];
    };
    renumber(g.inputs);
    renumber(g.outputs);
    for (auto& n : g.nodes) {
        renumber(n.inputs);
        renumber(n.outputs);
    }
}

} // namespace pith::io::onnx

#endif
