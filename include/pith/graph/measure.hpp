// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_MEASURE_HPP
#define PITH_GRAPH_MEASURE_HPP
/// What a graph costs: parameters, multiply-adds and weight bytes, node by node and together.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../base/result.hpp"
#include "../format/dtype.hpp"
#include "bounded.hpp"
#include "graph.hpp"
#include "value_info.hpp"

namespace pith {

struct node_cost {
    std::string name;
    std::string_view kind; ///< lives as long as the graph
    shape output;          ///< of the first output
    std::int64_t parameters = 0;
    std::int64_t macs = 0; ///< multiply-adds of convolutions and matrix products, at the graph's batch
    /// What evaluating it takes, in multiply-adds: about 16 per element or tap, 4096 per node.
    std::int64_t work = 0;
    std::int64_t weight_bytes = 0; ///< of the parameters, at the width of their encodings
    int weight_bits = 0;           ///< of the widest parameter that is not one-dimensional; 0 without one
};

/// The sums over a network's nodes, and each node's share.
struct graph_cost {
    std::vector<node_cost> nodes;
    std::int64_t parameters = 0;
    std::int64_t macs = 0;
    std::int64_t work = 0;
    std::int64_t weight_bytes = 0;
};

/// Bits of one element of a constant as it is to be stored.
template <class T>
[[nodiscard]] int stored_bits(const value<T>& v) {
    return static_cast<int>(v.is_coded() ? v.encoded.bits() : format::bits_of(v.type));
}

namespace detail {

/// What a node takes whatever its size, in multiply-adds.
inline constexpr std::int64_t per_node = 4096;

/// What evaluating a node takes, in multiply-adds.
template <class Any>
[[nodiscard]] std::int64_t work_of(const Any& layer, std::span<const shape> out, std::span<const shape> in) {
    constexpr std::int64_t per_element = 16;
    std::int64_t elements = per_node / per_element;
    for (const auto& list : {out, in})
        for (const auto& dims : list)
            elements = bounded_sum(elements, dims.elements());
    if (out.empty() || in.empty())
        return bounded_product(elements, per_element);
    return with_layer(layer, [&](const auto& one, auto traits) {
        const std::int64_t visited = bounded_sum(elements, traits.taps(one, out[0], in));
        return bounded_sum(traits.macs(one, out[0], in), bounded_product(visited, per_element));
    });
}
template <class T, class Layers>
[[nodiscard]] std::int64_t work_of(const graph<T, Layers>& g, const node<Layers>& n) {
    const auto dims_of_all = [&](const std::vector<value_id>& ids) {
        std::vector<shape> dims;
        dims.reserve(ids.size());
        for (const auto id : ids)
            dims.push_back(id == no_value ? shape{} : g[id].dims);
        return dims;
    };
    const auto out = dims_of_all(n.outputs);
    const auto in = dims_of_all(n.inputs);
    return work_of(n.layer, std::span<const shape>(out), std::span<const shape>(in));
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
        cost.kind = kind_of(n.layer);
        if (!n.outputs.empty() && n.outputs[0] != no_value)
            cost.output = g[n.outputs[0]].dims;
        std::vector<shape> in;
        for (const auto id : n.inputs) {
            in.push_back(id == no_value ? shape{} : g[id].dims);
            if (id == no_value || g[id].reals() == nullptr)
                continue;
            const std::int64_t elements = g[id].dims.elements();
            int bits = stored_bits(g[id]);
            const auto* conv = layer_of<conv2d>(n);
            if (bits < 8 && conv != nullptr && is_depthwise(*conv, g[id].dims))
                bits = 8; // one filter per channel is stored in bytes
            if (g[id].dims.rank() > 1)
                cost.weight_bits = cost.weight_bits < bits ? bits : cost.weight_bits;
            if (counted[id])
                continue;
            counted[id] = true;
            cost.parameters += elements;
            cost.weight_bytes += (elements * bits + 7) / 8;
        }
        cost.macs = with_layer(n.layer, [&](const auto& layer, auto traits) {
            return traits.macs(layer, cost.output, std::span<const shape>(in));
        });
        cost.work = detail::work_of(g, n);
        total.parameters += cost.parameters;
        total.macs = detail::bounded_sum(total.macs, cost.macs);
        total.work = detail::bounded_sum(total.work, cost.work);
        total.weight_bytes += cost.weight_bytes;
        total.nodes.push_back(std::move(cost));
    }
    return total;
}

/// Refuses to evaluate a network that takes far more work than its size justifies.
/// @param most work of one evaluation; 0: 2^25, or 2^16 for each parameter, but at most 2^35
/// @pre the graph's shapes are inferred
template <class T, class Layers>
[[nodiscard]] result<void> expect_work(const graph<T, Layers>& g, std::int64_t most = 0) {
    const auto cost = measure(g);
    if (most <= 0)
        most = std::clamp(detail::bounded_product(cost.parameters, std::int64_t{1} << 16),
                          std::int64_t{1} << 25, std::int64_t{1} << 35);
    if (cost.work <= most)
        return {};
    return fault{
        errc::unsupported,
        "evaluating the network takes more work than its size justifies; a larger most_work allows it",
        std::to_string(cost.work) + " multiply-adds or as much for one sample, allowed are " +
            std::to_string(most)};
}

} // namespace pith

#endif
