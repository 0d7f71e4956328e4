// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_TIDY_HPP
#define PITH_IO_ONNX_TIDY_HPP
/// The imported graph put in order: biases joined with their layers, what no output needs dropped.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "../../graph/graph.hpp"

namespace pith::io::onnx {

namespace detail {

/// The constant `b` as one number per channel, or no_value if it is something else.
template <class T>
[[nodiscard]] value_id channel_bias(graph<T>& g, value_id b, std::int64_t channels) {
    const auto* reals = g[b].reals();
    if (reals == nullptr || reals->size() == 0)
        return no_value;
    if (reals->dims() == shape{channels})
        return b;
    if (reals->size() != 1 || reals->dims().rank() > 1)
        return no_value;
    value<T> wide;
    wide.name = g[b].name;
    wide.dims = shape{channels};
    wide.constant = tensor<T>(wide.dims, (*reals)[0]);
    return g.add_value(std::move(wide));
}

[[nodiscard]] inline bool takes_bias(const node<layer_list>& n) {
    return n.inputs.size() == 2 &&
           (std::holds_alternative<conv2d>(n.layer) || std::holds_alternative<dense>(n.layer));
}

} // namespace detail

/// The sum of a convolution or dense layer without bias and one constant per channel becomes its bias.
template <class T>
void merge_bias(graph<T>& g) {
    std::vector<std::size_t> reads(g.values.size(), 0);
    std::vector<node<layer_list>*> producers(g.values.size(), nullptr);
    for (const auto id : g.outputs)
        ++reads[id];
    for (auto& n : g.nodes) {
        for (const auto id : n.inputs)
            if (id != no_value)
                ++reads[id];
        for (const auto id : n.outputs)
            producers[id] = &n;
    }
    for (auto& n : g.nodes) {
        const auto* sum = std::get_if<binary>(&n.layer);
        if (sum == nullptr || sum->op != binary_op::add)
            continue;
        for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
            const value_id x = n.inputs[side];
            auto* layer = x < producers.size() ? producers[x] : nullptr;
            if (layer == nullptr || reads[x] != 1 || !detail::takes_bias(*layer))
                continue;
            if (g[x].dims.rank() == 0 || g[n.outputs[0]].dims != g[x].dims)
                continue;
            const value_id bias = detail::channel_bias(g, n.inputs[1 - side], g[x].dims.back());
            if (bias == no_value)
                continue;
            layer->inputs.push_back(bias);
            layer->outputs[0] = n.outputs[0];
            producers[n.outputs[0]] = layer;
            n.outputs.clear();
            n.inputs.clear();
            break;
        }
    }
}

/// Keeps every graph input.
template <class T>
void prune(graph<T>& g) {
    std::vector<bool> wanted(g.values.size(), false);
    for (const auto id : g.outputs)
        wanted[id] = true;
    std::vector<node<layer_list>> nodes;
    for (std::size_t i = g.nodes.size(); i-- > 0;) {
        auto& n = g.nodes[i];
        bool live = false;
        for (const auto id : n.outputs)
            live = live || wanted[id];
        if (!live)
            continue;
        for (const auto id : n.outputs)
            wanted[id] = true;
        for (const auto id : n.inputs)
            if (id != no_value)
                wanted[id] = true;
        nodes.push_back(std::move(n));
    }
    g.nodes.assign(std::make_move_iterator(nodes.rbegin()), std::make_move_iterator(nodes.rend()));
    for (const auto id : g.inputs)
        wanted[id] = true;
    std::vector<value_id> moved(g.values.size(), no_value);
    std::vector<value<T>> values;
    for (std::size_t i = 0; i < g.values.size(); ++i)
        if (wanted[i]) {
            moved[i] = static_cast<value_id>(values.size());
            values.push_back(std::move(g.values[i]));
        }
    g.values = std::move(values);
    const auto renumber = [&](std::vector<value_id>& ids) {
        for (auto& id : ids)
            if (id != no_value)
                id = moved[id];
    };
    renumber(g.inputs);
    renumber(g.outputs);
    for (auto& n : g.nodes) {
        renumber(n.inputs);
        renumber(n.outputs);
    }
}

} // namespace pith::io::onnx

#endif
