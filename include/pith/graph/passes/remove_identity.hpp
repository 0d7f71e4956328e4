// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_PASSES_REMOVE_IDENTITY_HPP
#define PITH_GRAPH_PASSES_REMOVE_IDENTITY_HPP
/// Nodes that give back their input, removed.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "../../base/result.hpp"
#include "../codes.hpp"
#include "../edit.hpp"
#include "../graph.hpp"
#include "../infer.hpp"
#include "../uses.hpp"

namespace pith::passes {

struct remove_identity {
    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        PITH_TRY(infer_shapes(g));
        std::vector<bool> removed(g.nodes.size(), false);
        neighbours around{uses_of(g), {}};
        for (const auto& u : around.uses)
            around.reads.push_back(u.readers.size());
        for (node_index k = 0; k < g.nodes.size(); ++k)
            removed[k] = is_identity(g, g.nodes[k]) && bypass(g, around, k);
        erase_nodes(g, removed);
        remove_dead(g);
        return g;
    }

private:
    /// Kept right as nodes go, so that a chain of them costs no more than its length.
    struct neighbours {
        std::vector<value_uses> uses; ///< readers may name nodes that read the value no longer
        std::vector<std::size_t> reads;
    };

    template <class T, class Layers>
    static bool is_identity(const graph<T, Layers>& g, const node<Layers>& n) {
        if (n.inputs.size() != 1 || n.outputs.size() != 1 || n.outputs[0] == no_value)
            return false;
        const auto& x = g[n.inputs[0]];
        const auto& y = g[n.outputs[0]];
        if (y.learned) // what makes a value that is trained in codes
            return false;
        return x.dims == y.dims && x.type == y.type &&
               with_layer(n.layer, [](const auto& layer, auto traits) {
                   if constexpr (requires { traits.is_identity(layer); })
                       return traits.is_identity(layer);
                   else
                       return false;
               });
    }

    /// Lets the readers of the node's output read its input, or its input's producer write its output.
    /// @return false where neither keeps the graph's outputs and encodings
    template <class T, class Layers>
    static bool bypass(graph<T, Layers>& g, neighbours& around, node_index k) {
        auto& [uses, reads] = around;
        const value_id x = g.nodes[k].inputs[0];
        const value_id y = g.nodes[k].outputs[0];
        const bool own_code = g[y].is_coded() && g[y].encoded != g[x].encoded;
        const bool makes_levels = own_code && has_levels(g[y]); // of codes, by this node
        if (!uses[y].is_output && !own_code) {
            for (const node_index reader : uses[y].readers) {
                auto& inputs = g.nodes[reader].inputs;
                std::replace(inputs.begin(), inputs.end(), y, x);
                uses[x].readers.push_back(reader);
            }
            reads[x] += reads[y] - 1;
        } else if (!makes_levels && uses[x].producer != no_node && reads[x] == 1 && !uses[x].is_output &&
                   !g[x].is_coded()) {
            auto& outputs = g.nodes[uses[x].producer].outputs;
            std::replace(outputs.begin(), outputs.end(), x, y);
            uses[y].producer = uses[x].producer;
        } else {
            return false;
        }
        g.nodes[k].inputs[0] = no_value;
        g.nodes[k].outputs[0] = no_value;
        return true;
    }
};

} // namespace pith::passes

#endif
