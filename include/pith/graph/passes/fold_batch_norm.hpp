// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_PASSES_FOLD_BATCH_NORM_HPP
#define PITH_GRAPH_PASSES_FOLD_BATCH_NORM_HPP
/// Batch normalisation drawn into the convolution or dense layer before it.

#include <cmath>
#include <cstddef>
#include <vector>

#include "../../base/result.hpp"
#include "../edit.hpp"
#include "../graph.hpp"
#include "../infer.hpp"
#include "channel_affine.hpp"

namespace pith::passes {

/// A normalisation with nothing to be drawn into becomes a depthwise 1 x 1 convolution, which can be
/// quantised and fused like any other; what is not an image keeps its layer.
struct fold_batch_norm {
    bool rest_to_depthwise = true;

    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        PITH_TRY(infer_shapes(g));
        std::vector<bool> folded(g.nodes.size(), false);
        auto uses = uses_of(g);
        for (node_index k = 0; k < g.nodes.size(); ++k) {
            const auto* norm = layer_of<batch_norm>(g.nodes[k]);
            if (norm == nullptr || !constant_parameters(g, g.nodes[k]))
                continue;
            const auto affine = affine_of(g, g.nodes[k], norm->epsilon);
            const node_index before = uses[g.nodes[k].inputs[0]].producer;
            if (can_absorb(g, uses, before, affine)) {
                absorb(g, before, affine);
                g.nodes[before].outputs[0] = g.nodes[k].outputs[0];
                uses[g.nodes[k].outputs[0]].producer = before;
                g.nodes[k].outputs[0] = no_value;
                g.nodes[k].inputs.clear();
                folded[k] = true;
            } else if (rest_to_depthwise && !affine.factor.empty() &&
                       g[g.nodes[k].inputs[0]].dims.rank() == 4) {
                become_depthwise(g, g.nodes[k], affine);
            }
        }
        erase_nodes(g, folded);
        remove_dead(g);
        return g;
    }

private:
    template <class T, class Layers>
    static bool constant_parameters(const graph<T, Layers>& g, const node<Layers>& n) {
        for (std::size_t i = 1; i < 5; ++i)
            if (g[n.inputs[i]].reals() == nullptr || g[n.inputs[i]].is_coded())
                return false;
        return true;
    }

    template <class T, class Layers>
    static channel_affine affine_of(const graph<T, Layers>& g, const node<Layers>& n, double epsilon) {
        channel_affine a;
        const auto at = [&](std::size_t input, std::size_t c) {
            return static_cast<double>((*g[n.inputs[input]].reals())[c]);
        };
        for (std::size_t c = 0; c < g[n.inputs[1]].reals()->size(); ++c) {
            a.factor.push_back(at(1, c) / std::sqrt(at(4, c) + epsilon));
            a.offset.push_back(at(2, c) - at(3, c) * a.factor[c]);
        }
        return a;
    }

    template <class T, class Layers>
    static void become_depthwise(graph<T, Layers>& g, node<Layers>& n, const channel_affine& a) {
        const auto channels = static_cast<std::int64_t>(a.factor.size());
        tensor<T> weights({channels, 1, 1, 1});
        tensor<T> bias({channels});
        for (std::size_t c = 0; c < a.factor.size(); ++c) {
            weights[c] = static_cast<T>(a.factor[c]);
            bias[c] = static_cast<T>(a.offset[c]);
        }
        n.layer = conv2d{.groups = static_cast<std::uint32_t>(channels)};
        n.inputs = {n.inputs[0], add_constant(g, n.name + ".weights", std::move(weights)),
                    add_constant(g, n.name + ".bias", std::move(bias))};
    }
};

} // namespace pith::passes

#endif
