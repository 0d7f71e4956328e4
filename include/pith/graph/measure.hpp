// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_MEASURE_HPP
#define PITH_GRAPH_MEASURE_HPP
/// What a graph costs: parameters, multiply-adds and weight bytes, node by node and together.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "../base/on_use.hpp"
#include "../format/dtype.hpp"
#include "graph.hpp"
#include "value_info.hpp"

namespace pith {

struct node_cost {
    std::string name;
    std::string_view kind; ///< lives as long as the graph
    shape output;          ///< of the first output
    std::int64_t parameters = 0;
    std::int64_t macs = 0; ///< multiply-adds of convolutions and matrix products, at the graph's batch
    std::int64_t weight_bytes = 0; ///< of the parameters, at the width of their encodings
    int weight_bits = 0;           ///< of the widest parameter that is not one-dimensional; 0 without one
};

struct graph_cost {
    std::vector<node_cost> nodes;
    std::int64_t parameters = 0;
    std::int64_t macs = 0;
    std::int64_t weight_bytes = 0;
};

/// Bits of one element of a constant as it is to be stored.
template <class T>
[[nodiscard]] int stored_bits(const value<T>& v) {
    if (const auto* e = v.affine())
        return e->bits;
    return static_cast<int>(format::bits_of(v.type));
}

namespace detail {

template <class Layer>
[[nodiscard]] std::int64_t macs_of(const Layer&, const shape&, view<const shape>) {
    return 0;
}
template <class = on_use>
[[nodiscard]] inline std::int64_t macs_of(const conv2d&, const shape& out, view<const shape> in) {
    return out.elements() * in[1].product(1, in[1].rank());
}
template <class = on_use>
[[nodiscard]] inline std::int64_t macs_of(const dense&, const shape& out, view<const shape> in) {
    return out.elements() * in[1].back();
}
template <class = on_use>
[[nodiscard]] inline std::int64_t macs_of(const matmul&, const shape& out, view<const shape> in) {
    return out.elements() * in[0].back();
}

/// Whether a layer's weights are stored in eight bits at least: one filter per channel.
template <class Layer>
[[nodiscard]] bool stores_bytes(const Layer&, const shape&) {
    return false;
}
[[nodiscard]] inline bool stores_bytes(const conv2d& layer, const shape& weights) {
    return layer.groups > 1 && weights.rank() == 4 && weights[3] == 1 &&
           weights[0] == static_cast<std::int64_t>(layer.groups);
}

} // namespace detail

/// @pre the graph's shapes are inferred. A constant that several nodes read is counted at the first.
template <class T, class Layers>
[[nodiscard]] graph_cost measure(const graph<T, Layers>& g) {
    graph_cost total;
    std::vector<bool> counted(g.values.size(), false);
    for (const auto& n : g.nodes) {
        node_cost cost;
        cost.name = n.name;
        cost.kind = std::visit([](const auto& layer) -> std::string_view { return kind_of(layer); }, n.layer);
        if (!n.outputs.empty() && n.outputs[0] != no_value)
            cost.output = g[n.outputs[0]].dims;
        std::vector<shape> in;
        for (const auto id : n.inputs) {
            in.push_back(id == no_value ? shape{} : g[id].dims);
            if (id == no_value || g[id].reals() == nullptr)
                continue;
            const std::int64_t elements = g[id].dims.elements();
            int bits = stored_bits(g[id]);
            if (bits < 8 &&
                std::visit([&](const auto& layer) { return detail::stores_bytes(layer, g[id].dims); },
                           n.layer))
                bits = 8;
            if (g[id].dims.rank() > 1)
                cost.weight_bits = cost.weight_bits < bits ? bits : cost.weight_bits;
            if (counted[id])
                continue;
            counted[id] = true;
            cost.parameters += elements;
            cost.weight_bytes += (elements * bits + 7) / 8;
        }
        cost.macs = std::visit(
            [&](const auto& layer) { return detail::macs_of(layer, cost.output, view<const shape>(in)); },
            n.layer);
        total.parameters += cost.parameters;
        total.macs += cost.macs;
        total.weight_bytes += cost.weight_bytes;
        total.nodes.push_back(std::move(cost));
    }
    return total;
}

} // namespace pith

#endif
