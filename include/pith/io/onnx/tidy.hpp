// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_TIDY_HPP
#define PITH_IO_ONNX_TIDY_HPP
/// The imported graph put in order: biases joined with their layers, what no output needs dropped.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "../../graph/graph.hpp"

namespace pith::io::onnx {

namespace detail {

/// The constant `b` as one number per channel, or no_value if it is something else.
template <class T, class Layers>
[[nodiscard]] value_id channel_bias(graph<T, Layers>& g, value_id b, std::int64_t channels) {
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
    wide.type = g[b].type;
    wide.constant = tensor<T>(wide.dims, (*reals)[0]);
    return g.add_value(std::move(wide));
}

template <class Layers>
[[nodiscard]] bool takes_bias(const node<Layers>& n) {
    return n.inputs.size() == 2 && has_weights(n.layer);
}

} // namespace detail

/// Who computes and how many read each value.
template <class T, class Layers>
struct value_links {
    std::vector<std::size_t> reads;
    using node_type = node<Layers>;
    std::vector<node_type*> producers;

    explicit value_links(graph<T, Layers>& g)
        : reads(g.values.size(), 0), producers(g.values.size(), nullptr) {
        for (const auto id : g.outputs)
            ++reads[id];
        for (auto& n : g.nodes) {
            for (const auto id : n.inputs)
                if (id != no_value)
                    ++reads[id];
            for (const auto id : n.outputs)
                producers[id] = &n;
        }
    }
    /// The node whose value only one other reads, or null.
    [[nodiscard]] node_type* sole(value_id id) const {
        return id < producers.size() && reads[id] == 1 ? producers[id] : nullptr;
    }
};

namespace detail {

/// The activation that x times `gate` of x is, if it has a name.
template <class Layers>
[[nodiscard]] std::optional<unary> gated(const node<Layers>& gate) {
    const auto* u = layer_of<unary>(gate);
    if (u == nullptr)
        return std::nullopt;
    if (u->op == unary_op::sigmoid)
        return unary{unary_op::silu, 1.0};
    const auto is = [](double have, float want) { return static_cast<float>(have) == want; };
    const bool sixth = is(u->alpha, 1.F / 6.F) || is(u->alpha, 0.1666666F) || is(u->alpha, 0.16666667F);
    if (u->op == unary_op::hard_sigmoid && sixth && is(u->beta, 0.5F))
        return unary{unary_op::hard_swish};
    return std::nullopt;
}

} // namespace detail

/// x * sigmoid(x) becomes silu, x * hard_sigmoid(x) hard_swish.
template <class T, class Layers>
void merge_gates(graph<T, Layers>& g) {
    const value_links<T, Layers> links{g};
    for (auto& n : g.nodes) {
        const auto* product = layer_of<binary>(n);
        if (product == nullptr || product->op != binary_op::mul)
            continue;
        for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
            auto* gate = links.sole(n.inputs[side]);
            if (gate == nullptr || gate->inputs.size() != 1 || gate->inputs[0] != n.inputs[1 - side])
                continue;
            const auto merged = detail::gated(*gate);
            if (!merged)
                continue;
            n.inputs = gate->inputs;
            n.layer = *merged;
            gate->inputs.clear();
            gate->outputs.clear();
            break;
        }
    }
}

/// The sum of a convolution or dense layer without bias and one constant per channel becomes its bias.
template <class T, class Layers>
void merge_bias(graph<T, Layers>& g) {
    value_links<T, Layers> links{g};
    for (auto& n : g.nodes) {
        const auto* sum = layer_of<binary>(n);
        if (sum == nullptr || sum->op != binary_op::add)
            continue;
        for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
            const value_id x = n.inputs[side];
            auto* layer = links.sole(x);
            if (layer == nullptr || !detail::takes_bias(*layer))
                continue;
            if (g[x].dims.rank() == 0 || g[n.outputs[0]].dims != g[x].dims)
                continue;
            const value_id bias = detail::channel_bias(g, n.inputs[1 - side], g[x].dims.back());
            if (bias == no_value)
                continue;
            layer->inputs.push_back(bias);
            layer->outputs[0] = n.outputs[0];
            links.producers[n.outputs[0]] = layer;
            n.outputs.clear();
            n.inputs.clear();
            break;
        }
    }
}

/// Keeps every graph input.
template <class T, class Layers>
void prune(graph<T, Layers>& g) {
    std::vector<bool> wanted(g.values.size(), false);
    for (const auto id : g.outputs)
        wanted[id] = true;
    std::vector<node<Layers>> nodes;
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
