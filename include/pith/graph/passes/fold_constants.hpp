// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_PASSES_FOLD_CONSTANTS_HPP
#define PITH_GRAPH_PASSES_FOLD_CONSTANTS_HPP
/// Nodes that read only constants, computed once and removed.

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "../../base/result.hpp"
#include "../carry.hpp"
#include "../edit.hpp"
#include "../evaluate.hpp"
#include "../graph.hpp"
#include "../infer.hpp"
#include "../measure.hpp"

namespace pith::passes {

/// Nodes next to encoded values or outputs of the graph stay, except those that move one constant: its
/// encoding and sparsity move along.
struct fold_constants {
    std::int64_t most_elements = std::int64_t{1} << 24; ///< larger results are left to be computed
    /// What all of it together may take (graph/measure.hpp); nodes beyond it are left to be computed.
    std::int64_t most_work = std::int64_t{1} << 30;

    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        PITH_TRY(infer_shapes(g));
        const auto uses = uses_of(g);
        std::vector<bool> folded(g.nodes.size(), false);
        std::int64_t left = most_work;
        for (node_index k = 0; k < g.nodes.size(); ++k) {
            const auto& n = g.nodes[k];
            if (!is_foldable(g, uses, n))
                continue;
            const std::int64_t work = pith::detail::work_of(g, n);
            if (work > left)
                continue;
            left -= work;
            std::vector<tensor_input<T>> in;
            for (const auto id : n.inputs)
                in.push_back(id == no_value ? tensor_input<T>{} : tensor_input<T>(g[id].constant));
            auto out = pith::detail::compute<T>(g, n, in);
            if (!out)
                return out.error();
            for (std::size_t i = 0; i < n.outputs.size(); ++i)
                if (n.outputs[i] != no_value)
                    std::visit([&](auto& t) { g[n.outputs[i]].constant = std::move(t); }, (*out)[i]);
            carry_annotations(g, n);
            folded[k] = true;
        }
        erase_nodes(g, folded);
        remove_dead(g);
        return g;
    }

private:
    template <class T, class Layers>
    static bool moves_codes(const graph<T, Layers>& g, const node<Layers>& n) {
        return n.inputs.size() == 1 && n.outputs.size() == 1 && n.outputs[0] != no_value &&
               moved_encoding(n.layer, g[n.inputs[0]].encoded, g[n.inputs[0]].dims, g[n.outputs[0]].dims);
    }
    /// @pre the node's outputs are constants that have been computed
    template <class T, class Layers>
    static void carry_annotations(graph<T, Layers>& g, const node<Layers>& n) {
        if (!keeps_elements(n.layer) || n.inputs.size() != 1)
            return;
        const value<T>& from = g[n.inputs[0]];
        for (const auto id : n.outputs) {
            if (id == no_value || g[id].reals() == nullptr)
                continue;
            g[id].sparsity = moved_sparsity(n.layer, from.sparsity, from.dims, *g[id].reals());
            if (from.is_coded())
                g[id].encoded = *moved_encoding(n.layer, from.encoded, from.dims, g[id].dims);
        }
    }

    template <class T, class Layers>
    bool is_foldable(const graph<T, Layers>& g, const std::vector<value_uses>& uses,
                     const node<Layers>& n) const {
        const auto constant = [&](value_id id) {
            return id == no_value || (g[id].is_constant() && (!g[id].is_coded() || moves_codes(g, n)));
        };
        const auto plain = [&](value_id id) {
            return id == no_value ||
                   (!g[id].is_coded() && !uses[id].is_output && g[id].dims.elements() <= most_elements);
        };
        return layer_of<opaque>(n) == nullptr && !n.inputs.empty() &&
               std::all_of(n.inputs.begin(), n.inputs.end(), constant) &&
               std::all_of(n.outputs.begin(), n.outputs.end(), plain);
    }
};

} // namespace pith::passes

#endif
