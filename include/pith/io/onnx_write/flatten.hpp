// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_FLATTEN_HPP
#define PITH_IO_ONNX_WRITE_FLATTEN_HPP
/// Which flattened images may keep the file's order: those whose readers take constants in that order, a
/// dense layer's weights in the end.

#include <cstddef>
#include <variant>
#include <vector>

#include "../../graph/graph.hpp"
#include "../../graph/uses.hpp"

namespace pith::io::onnx_write {

namespace detail {

/// Whether a node can read `from` in the file's order. @param keeps the answers for later values
template <class T, class Layers>
[[nodiscard]] bool reads_mixed(const graph<T, Layers>& g, const node<Layers>& n, value_id from,
                               const std::vector<bool>& keeps) {
    if (std::holds_alternative<reshape>(n.layer))
        return true;
    if (std::holds_alternative<dense>(n.layer))
        return n.inputs[0] == from && g[n.inputs[1]].is_constant();
    const bool goes_on = n.outputs.size() == 1 && keeps[n.outputs[0]];
    if (std::holds_alternative<unary>(n.layer))
        return goes_on;
    bool others_constant = goes_on;
    for (std::size_t i = 0; i < n.inputs.size(); ++i)
        if (n.inputs[i] != from)
            others_constant = others_constant && g[n.inputs[i]].is_constant();
    return (std::holds_alternative<binary>(n.layer) || std::holds_alternative<batch_norm>(n.layer)) &&
           others_constant;
}

} // namespace detail

/// One entry per value: whether all that read it can take a flattened image as the file has it.
template <class T, class Layers>
[[nodiscard]] std::vector<bool> keeps_file_order(const graph<T, Layers>& g) {
    const auto uses = uses_of(g);
    std::vector<bool> keeps(g.values.size(), false);
    for (node_index k = g.nodes.size(); k-- > 0;)
        for (const auto id : g.nodes[k].outputs) {
            if (id == no_value || uses[id].is_output)
                continue;
            keeps[id] = !uses[id].readers.empty();
            for (const auto reader : uses[id].readers)
                if (!detail::reads_mixed(g, g.nodes[reader], id, keeps))
                    keeps[id] = false;
        }
    return keeps;
}

} // namespace pith::io::onnx_write

#endif
