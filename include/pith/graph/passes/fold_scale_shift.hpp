// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_PASSES_FOLD_SCALE_SHIFT_HPP
#define PITH_GRAPH_PASSES_FOLD_SCALE_SHIFT_HPP
/// Constants added to, subtracted from, multiplied with or dividing the channels of a convolution or dense
/// layer, drawn into it.

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "../../base/result.hpp"
#include "../edit.hpp"
#include "../graph.hpp"
#include "../infer.hpp"
#include "channel_affine.hpp"

namespace pith::passes {

/// A pass: multiplications by and additions of a constant per channel become part of the convolution or dense
/// layer before them.
struct fold_scale_shift {
    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        PITH_TRY(infer_shapes(g));
        std::vector<bool> folded(g.nodes.size(), false);
        auto uses = uses_of(g);
        for (node_index k = 0; k < g.nodes.size(); ++k) {
            const auto* op = layer_of<binary>(g.nodes[k]);
            if (op == nullptr)
                continue;
            for (std::size_t side = 0; side < 2; ++side) {
                const value_id x = g.nodes[k].inputs[side];
                const auto affine = affine_of(g, g.nodes[k], op->op, side);
                const node_index before = uses[x].producer;
                if (!affine || !can_absorb(g, uses, before, *affine))
                    continue;
                absorb(g, before, *affine);
                g.nodes[before].outputs[0] = g.nodes[k].outputs[0];
                uses[g.nodes[k].outputs[0]].producer = before;
                g.nodes[k].outputs[0] = no_value;
                g.nodes[k].inputs.clear();
                folded[k] = true;
                break;
            }
        }
        erase_nodes(g, folded);
        remove_dead(g);
        return g;
    }

private:
    /// What the node does to each channel of its input `side`, if the other one is a constant per channel.
    template <class T, class Layers>
    static std::optional<channel_affine> affine_of(const graph<T, Layers>& g, const node<Layers>& n,
                                                   binary_op op, std::size_t side) {
        const shape& x = g[n.inputs[side]].dims;
        const auto& other = g[n.inputs[1 - side]];
        if (other.reals() == nullptr || other.is_coded() || x.rank() == 0 || g[n.outputs[0]].dims != x ||
            other.dims.rank() > x.rank())
            return std::nullopt;
        const bool scalar = other.dims.elements() == 1;
        if (!scalar && (other.dims.rank() == 0 || other.dims.elements() != other.dims.back() ||
                        other.dims.back() != x.back()))
            return std::nullopt;
        channel_affine a;
        for (std::size_t c = 0; c < static_cast<std::size_t>(x.back()); ++c) {
            const auto v = static_cast<double>((*other.reals())[scalar ? 0 : c]);
            const auto one = channel_of(op, side, v);
            if (!one || !std::isfinite((*one)[0]) || !std::isfinite((*one)[1]))
                return std::nullopt;
            a.factor.push_back((*one)[0]);
            a.offset.push_back((*one)[1]);
        }
        return a;
    }

    /// Factor and offset.
    static std::optional<std::array<double, 2>> channel_of(binary_op op, std::size_t side, double v) {
        switch (op) {
        case binary_op::add:
            return std::array{1.0, v};
        case binary_op::sub:
            return side == 0 ? std::array{1.0, -v} : std::array{-1.0, v};
        case binary_op::mul:
            return std::array{v, 0.0};
        case binary_op::div:
            if (side == 0)
                return std::array{1.0 / v, 0.0};
            return std::nullopt;
        default:
            return std::nullopt;
        }
    }
};

} // namespace pith::passes

#endif
