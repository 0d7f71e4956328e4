// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_MEASURE_HPP
#define PITH_GRAPH_MEASURE_HPP
/// What a graph costs: parameters, multiply-adds and weight bytes, node by node and together.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "../base/on_use.hpp"
#include "../base/result.hpp"
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
    std::int64_t work =
        0; ///< what evaluating it takes, in multiply-adds: about 16 per element or tap, 4096 per node
    std::int64_t weight_bytes = 0; ///< of the parameters, at the width of their encodings
    int weight_bits = 0;           ///< of the widest parameter that is not one-dimensional; 0 without one
};

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
    if (const auto* e = v.affine())
        return e->bits;
    return static_cast<int>(format::bits_of(v.type));
}

namespace detail {

/// Products and sums that end at the largest number: a file may ask for any size.
[[nodiscard]] constexpr std::int64_t bounded_product(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::int64_t>::max() : product;
}
[[nodiscard]] constexpr std::int64_t bounded_sum(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

template <class Layer>
[[nodiscard]] std::int64_t macs_of(const Layer&, const shape&, view<const shape>) {
    return 0;
}
template <class = on_use>
[[nodiscard]] inline std::int64_t macs_of(const conv2d&, const shape& out, view<const shape> in) {
    return bounded_product(out.elements(), in[1].product(1, in[1].rank()));
}
template <class = on_use>
[[nodiscard]] inline std::int64_t macs_of(const dense&, const shape& out, view<const shape> in) {
    return bounded_product(out.elements(), in[1].back());
}
template <class = on_use>
[[nodiscard]] inline std::int64_t macs_of(const matmul&, const shape& out, view<const shape> in) {
    return bounded_product(out.elements(), in[0].back());
}

/// Elements visited once for each output, beyond those that are read and written.
template <class Layer>
[[nodiscard]] std::int64_t taps_of(const Layer&, const shape&, view<const shape>) {
    return 0;
}
template <class = on_use>
[[nodiscard]] inline std::int64_t taps_of(const pool2d& layer, const shape& out, view<const shape> in) {
    std::int64_t taps = out.elements();
    for (std::size_t i = 0; i < 2; ++i)
        taps = bounded_product(taps, std::min(pool_axis(layer, in[0], i).kernel, in[0][1 + i]));
    return taps;
}
template <class = on_use>
[[nodiscard]] inline std::int64_t taps_of(const resize2d&, const shape& out, view<const shape>) {
    return bounded_product(out.elements(), 16);
}

/// What a node takes whatever its size, in multiply-adds.
inline constexpr std::int64_t per_node = 4096;

/// What evaluating a node takes, in multiply-adds.
template <class Layers>
[[nodiscard]] std::int64_t work_of(const Layers& layer, view<const shape> out, view<const shape> in) {
    constexpr std::int64_t per_element = 16;
    std::int64_t elements = per_node / per_element;
    for (const auto& list : {out, in})
        for (const auto& dims : list)
            elements = bounded_sum(elements, dims.elements());
    if (out.empty() || in.empty())
        return bounded_product(elements, per_element);
    return std::visit(
        [&](const auto& one) {
            return bounded_sum(macs_of(one, out[0], in),
                               bounded_product(bounded_sum(elements, taps_of(one, out[0], in)), per_element));
        },
        layer);
}
template <class T, class Layers>
[[nodiscard]] std::int64_t work_of(const graph<T, Layers>& g, const node<Layers>& n) {
    const auto dims_of_all = [&](const std::vector<value_id>& ids) {
        std::vector<shape> dims;
        for (const auto id : ids)
            dims.push_back(id == no_value ? shape{} : g[id].dims);
        return dims;
    };
    const auto out = dims_of_all(n.outputs);
    const auto in = dims_of_all(n.inputs);
    return work_of(n.layer, view<const shape>(out), view<const shape>(in));
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
        cost.work = detail::work_of(g, n);
        total.parameters += cost.parameters;
        total.macs = detail::bounded_sum(total.macs, cost.macs);
        total.work = detail::bounded_sum(total.work, cost.work);
        total.weight_bytes += cost.weight_bytes;
        total.nodes.push_back(std::move(cost));
    }
    return total;
}

/// Refuses to evaluate a network that asks for far more work than its size justifies.
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
