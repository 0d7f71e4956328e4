// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_EVALUATE_HPP
#define PITH_GRAPH_EVALUATE_HPP
/// Runs a graph on its float masters, whatever encodings it carries; simulate.hpp runs it in codes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "graph.hpp"
#include "infer.hpp"
#include "uses.hpp"
#include "value_info.hpp"

namespace pith {

/// The observer that looks away.
struct ignore_values {
    template <class E>
    void operator()(value_id, const tensor<E>&) const noexcept {}
};

namespace detail {

template <class Observer, class E>
void observe(Observer& observer, value_id id, const tensor<E>& t) {
    if constexpr (std::is_invocable_v<Observer&, value_id, const tensor<E>&>)
        observer(id, t);
}

/// Inputs must be as the graph says, except that the first axis (the batch) is free.
template <class T, class Layers>
[[nodiscard]] result<void> expect_inputs_of(const graph<T, Layers>& g,
                                            std::span<const any_tensor<T>> inputs) {
    if (inputs.size() != g.inputs.size())
        return fault{errc::missing, "the network takes another number of inputs than were given",
                     std::to_string(g.inputs.size()) + " inputs, given " + std::to_string(inputs.size())};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto& want = g[g.inputs[i]];
        const shape& have = dims_of(inputs[i]);
        bool fits = have.rank() == want.dims.rank();
        for (std::size_t k = 1; fits && k < have.rank(); ++k)
            fits = have[k] == want.dims[k];
        if (!fits)
            return fault{errc::bad_shape, "an input has another shape than the network's", want.name};
        if ((inputs[i].index() == 0) != is_real(want.type))
            return fault{errc::unsupported, "an input has another type than the network's", want.name};
    }
    return {};
}

template <class T>
[[nodiscard]] value_info info_of(const tensor_input<T>& t, format::dtype type) {
    return {.dims = t.present() ? t.dims() : shape{}, .type = type, .present = t.present()};
}

/// One node on tensors: shapes checked, then computed, elements cut to their type.
template <class T, class Layers>
[[nodiscard]] result<any_tensors<T>> compute(const graph<T, Layers>& g, const node<Layers>& n,
                                             tensor_inputs<T> in) {
    value_infos infos;
    std::vector<tensor_input<T>> typed(in.begin(), in.end());
    for (std::size_t i = 0; i < in.size(); ++i) {
        typed[i].type = n.inputs[i] == no_value ? format::dtype::f32 : g[n.inputs[i]].type;
        infos.push_back(info_of(in[i], typed[i].type));
    }
    const auto expected = infer_layer(n.layer, infos);
    if (!expected)
        return at_node(expected.error(), n);
    auto out = with_layer(n.layer, [&](const auto& layer, auto traits) {
        return traits.forward(layer, tensor_inputs<T>(typed));
    });
    if (!out)
        return at_node(out.error(), n);
    if (out->size() < n.outputs.size())
        return at_node({errc::bad_shape, "the node has more outputs than its operator gives"}, n);
    for (std::size_t i = 0; i < out->size(); ++i)
        fit_to((*out)[i], (*expected)[i].type);
    return out;
}

/// An evaluation under way: what each value is read from, and the computed tensors that are still needed.
template <class T>
struct values_at_hand {
    std::vector<any_tensor<T>> held;
    std::vector<tensor_input<T>> at;

    template <class Layers>
    explicit values_at_hand(const graph<T, Layers>& g) : held(g.values.size()), at(g.values.size()) {
        for (std::size_t i = 0; i < g.values.size(); ++i)
            at[i] = tensor_input<T>(g.values[i].constant);
    }
};

/// Computes node after node; `replaced(id)` is a tensor that readers of the value get instead of the computed
/// one, or null.
template <class T, class Layers, class Observer, class Replaced>
[[nodiscard]] result<void> walk(const graph<T, Layers>& g, values_at_hand<T>& hand, Observer& observer,
                                const Replaced& replaced) {
    const auto last = last_uses(g);
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        const auto& n = g.nodes[k];
        std::vector<tensor_input<T>> in;
        for (const auto id : n.inputs)
            in.push_back(id == no_value ? tensor_input<T>{} : hand.at[id]);
        auto out = compute<T>(g, n, in);
        if (!out)
            return out.error();
        for (std::size_t i = 0; i < n.outputs.size(); ++i) {
            const value_id id = n.outputs[i];
            if (id == no_value)
                continue;
            auto& held = hand.held[id] = std::move((*out)[i]);
            const tensor<T>* const instead = replaced(id);
            hand.at[id] = instead != nullptr ? tensor_input<T>(*instead) : tensor_input<T>(held);
            std::visit([&](const auto& t) { observe(observer, id, t); }, held);
        }
        for (const auto* list : {&n.inputs, &n.outputs})
            for (const auto id : *list)
                if (id != no_value && last[id] <= k)
                    hand.held[id] = tensor<T>{};
    }
    return {};
}

} // namespace detail

/// Runs the nodes in order and gives the graph's outputs. `observer(id, tensor)` is called for every graph
/// input and every computed value, as soon as it is there; it need not take every element type. A tensor
/// lives until its last use.
template <class T, class Layers, class Observer = ignore_values>
[[nodiscard]] result<any_tensors<T>> evaluate(const graph<T, Layers>& g,
                                              std::type_identity_t<std::span<const any_tensor<T>>> inputs,
                                              Observer&& observer = {}) {
    PITH_TRY(detail::expect_inputs_of(g, inputs));
    detail::values_at_hand<T> hand(g);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        hand.at[g.inputs[i]] = tensor_input<T>(inputs[i]);
        std::visit([&](const auto& t) { detail::observe(observer, g.inputs[i], t); }, inputs[i]);
    }
    PITH_TRY(detail::walk(g, hand, observer, [](value_id) -> const tensor<T>* { return nullptr; }));
    any_tensors<T> results;
    for (const auto id : g.outputs) {
        const auto& at = hand.at[id];
        if (at.reals != nullptr)
            results.emplace_back(*at.reals);
        else if (at.wholes != nullptr)
            results.emplace_back(*at.wholes);
        else
            return fault{errc::missing, "no node computes an output of the network", g[id].name};
    }
    return results;
}

} // namespace pith

#endif
