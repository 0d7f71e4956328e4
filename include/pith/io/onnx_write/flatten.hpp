// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_FLATTEN_HPP
#define PITH_IO_ONNX_WRITE_FLATTEN_HPP
/// Which flattened images may keep the file's order: those whose readers take constants in that order, a
/// dense layer's weights in the end.

#include <cstddef>
#include <vector>

#include "../../graph/graph.hpp"
#include "../../graph/uses.hpp"
#include "layer_writing.hpp"

namespace pith::io::onnx_write {

namespace detail {

/// Whether a node can read `from` in the file's order. @param keeps the answers for later values
template <class T, class Layers>
[[nodiscard]] bool reads_mixed(const graph<T, Layers>& g, const node<Layers>& n, value_id from,
                               const std::vector<bool>& keeps) {
    const mixed_reading reads =
        with_writing(n.layer, [](const auto&, auto writing) { return writing.reads_mixed; });
    if (reads == mixed_reading::no || reads == mixed_reading::any)
        return reads == mixed_reading::any;
    if (reads == mixed_reading::weights)
        return n.inputs[0] == from && g[n.inputs[1]].is_constant();
    if (n.outputs.size() != 1 || !keeps[n.outputs[0]])
        return false;
    for (const auto id : n.inputs)
        if (id != from && !g[id].is_constant())
            return false;
    return true;
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
