// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_QUANTIZED_HPP
#define PITH_GRAPH_QUANTIZED_HPP
/// Which nodes of an annotated graph run in integer codes, and with which activation folded in: the one
/// decision that simulation and plan share.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "../format/affine.hpp"
#include "accumulator_bound.hpp"
#include "codes.hpp"
#include "graph.hpp"
#include "node_codes.hpp"
#include "uses.hpp"

namespace pith {

/// How a node of an annotated graph is computed.
enum class execution : std::uint8_t {
    real,    ///< in floating point, on decoded inputs; encoded outputs are encoded afterwards
    integer, ///< in codes
    fused,   ///< not at all: the node before computes it as well
};

/// How a node runs.
struct node_execution {
    execution how = execution::real;
    node_index activation = no_node; ///< the relu or clip that this node computes as well
    value_id output = no_value;      ///< what it writes first: its own first output, or the activation's
    /// Codes of `output`, cut to the activation's range; none where the output is real.
    std::optional<format::affine> codes;
    /// The sums of codes that int32 cannot hold; none where it can. The node runs in `parts`, or in reals.
    std::optional<sum_range> sums{};
    /// Input channels that a convolution or dense layer sums in codes apart; the sums are scaled and added up
    /// as reals, and the bias last. Empty where one sum does.
    std::vector<depth_part> parts{};
};

/// An activation that the node before it computes as well.
struct fused_activation {
    node_index activation = no_node;
    value_id output = no_value;
    format::affine codes; ///< of the output, cut to the activation's range
};

/// `codes` cut to the range of a relu or clip.
[[nodiscard]] inline format::affine cut_to(const unary& activation, format::affine codes) {
    const format::affine whole = codes;
    if (activation.op == unary_op::relu) {
        codes.lowest = std::max(codes.lowest, codes.zero);
    } else {
        codes.lowest = std::max(codes.lowest, format::encode(whole, static_cast<float>(activation.alpha)));
        codes.highest = std::min(codes.highest, format::encode(whole, static_cast<float>(activation.beta)));
    }
    codes.highest = std::max(codes.lowest, codes.highest);
    return codes;
}

/// Whether a node is a relu or clip.
template <class Layers>
[[nodiscard]] bool is_clipping(const node<Layers>& n) {
    const auto* activation = layer_of<unary>(n);
    return activation != nullptr && clips(*activation);
}

/// Whether a node in codes can compute the relu or clip behind it as well: sums of products, and additions.
template <class Layers>
[[nodiscard]] bool takes_activation(const node<Layers>& n) {
    const auto* sum = layer_of<binary>(n);
    return has_weights(n.layer) || (sum != nullptr && sum->op == binary_op::add);
}

/// The relu or clip behind conv2d, dense or add node `k`, if it is the only reader of a value without
/// encoding and its own output has codes: then the node writes those codes directly.
template <class T, class Layers>
[[nodiscard]] std::optional<fused_activation>
find_fused_activation(const graph<T, Layers>& g, const std::vector<value_uses>& uses, node_index k) {
    const auto& n = g.nodes[k];
    if (!takes_activation(n) || n.outputs.size() != 1 || n.outputs[0] == no_value)
        return std::nullopt;
    const value_id middle = n.outputs[0];
    if (g[middle].is_coded() || !has_one_reader(uses[middle]))
        return std::nullopt;
    const node_index reader = uses[middle].readers[0];
    if (!is_clipping(g.nodes[reader]))
        return std::nullopt;
    const value_id output = g.nodes[reader].outputs[0];
    const auto codes = codes_of(g[output]);
    if (!codes || has_levels(g[output]))
        return std::nullopt;
    return fused_activation{reader, output, cut_to(*layer_of<unary>(g.nodes[reader]), *codes)};
}

/// How the sums of node `n` keep within int32. @pre it runs in codes, but for that
template <class T, class Layers>
[[nodiscard]] accumulation accumulation_of(const graph<T, Layers>& g, const node<Layers>& n) {
    const shape& x = g[n.inputs[0]].dims;
    const auto from = codes_of(g[n.inputs[0]]);
    if (const auto* p = layer_of<pool2d>(n); p != nullptr && averages_images(*p, x)) {
        const sum_range range = code_sums(*from, x[1] * x[2]);
        return {range, {}, range.fits()};
    }
    if (!has_weights(n.layer))
        return {};
    const auto& weights = g[n.inputs[1]];
    const value_id bias = n.inputs.size() > 2 ? n.inputs[2] : no_value;
    const sum_cut ways = with_layer(n.layer, [&](const auto& layer, auto traits) {
        if constexpr (traits.role == layer_role::weighted)
            return traits.cut_of_sums(layer, weights.dims);
        else
            return sum_cut::not_at_all;
    });
    return accumulate_layer(weights, bias == no_value ? nullptr : g[bias].reals(), *from, ways);
}

/// How node `k` runs, its activation included; never execution::fused (see executions_of).
template <class T, class Layers>
[[nodiscard]] node_execution execution_of(const graph<T, Layers>& g, const std::vector<value_uses>& uses,
                                          node_index k) {
    const auto& n = g.nodes[k];
    node_execution e;
    if (n.inputs.empty() || n.outputs.empty())
        return e;
    node_codes c;
    for (const auto id : n.inputs)
        c.in.push_back(id == no_value ? std::nullopt : codes_of(g[id]));
    for (const auto id : n.outputs)
        c.out.push_back(id == no_value ? std::nullopt : codes_of(g[id]));
    e.output = n.outputs[0];
    const auto fused = find_fused_activation(g, uses, k);
    if (fused)
        c.out[0] = fused->codes;
    const auto input = [&](std::size_t i) { return i < n.inputs.size() ? n.inputs[i] : no_value; };
    c.weights = input(1) != no_value && has_weight_codes(g[input(1)]);
    c.bias = input(2) == no_value || g[input(2)].reals() != nullptr;
    e.codes = codes_of(g[e.output]);
    if (has_levels(g[e.output]) && !fused &&
        layer_of<unary>(n) == nullptr) // only tables round to the nearest level
        return e;
    if (!with_layer(n.layer, [&](const auto& layer, auto traits) { return traits.runs_quantized(layer, c); }))
        return e;
    auto sums = accumulation_of(g, n);
    if (!sums.fits || !sums.parts.empty())
        e.sums = sums.range;
    if (!sums.fits)
        return e;
    e.how = execution::integer;
    e.parts = std::move(sums.parts);
    if (fused) {
        e.activation = fused->activation;
        e.output = fused->output;
        e.codes = fused->codes;
    }
    return e;
}

/// How every node runs.
template <class T, class Layers>
[[nodiscard]] std::vector<node_execution> executions_of(const graph<T, Layers>& g) {
    const auto uses = uses_of(g);
    std::vector<node_execution> out(g.nodes.size());
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        if (out[k].how == execution::fused)
            continue;
        out[k] = execution_of(g, uses, k);
        if (out[k].activation != no_node)
            out[out[k].activation].how = execution::fused;
    }
    return out;
}

} // namespace pith

#endif
