// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_SIMULATE_HPP
#define PITH_GRAPH_SIMULATE_HPP
/// Runs an annotated graph as its packed program will run: encoded values are codes, and what runs in codes
/// there runs in codes here, with the same bits.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "evaluate.hpp"
#include "integer.hpp"
#include "quantized.hpp"

namespace pith {
namespace detail {

/// A simulation under way.
template <class T, class Layers>
struct simulation {
    const graph<T, Layers>& g;
    std::vector<simulated<T>> held;
    std::vector<bool> known;        ///< computed so far
    std::vector<tensor<T>> rounded; ///< constants as their encodings leave them, made when first read
    std::vector<tensor<std::uint8_t>> coded; ///< constants as activation codes, likewise

    explicit simulation(const graph<T, Layers>& of)
        : g(of), held(of.values.size()), known(of.values.size(), false), rounded(of.values.size()),
          coded(of.values.size()) {}

    /// Real elements of an input: decoded if it is held in codes.
    [[nodiscard]] tensor_input<T> real_input(value_id id, tensor<T>& scratch) {
        if (id == no_value)
            return {};
        const auto& v = g[id];
        if (v.reals() != nullptr) {
            if (!v.is_coded())
                return {*v.reals()};
            if (rounded[id].empty())
                rounded[id] = round_to_codes(v);
            return {rounded[id]};
        }
        if (v.wholes() != nullptr)
            return {*v.wholes()};
        if (!known[id])
            return {};
        if (const auto* codes = std::get_if<tensor<std::uint8_t>>(&held[id])) {
            scratch = decode_tensor<T>(*codes_of(v), *codes);
            return {scratch};
        }
        return tensor_input<T>(held[id]);
    }

    /// Codes of an input, or null.
    [[nodiscard]] const tensor<std::uint8_t>* code_input(value_id id) {
        if (id == no_value)
            return nullptr;
        const auto& v = g[id];
        if (v.reals() == nullptr)
            return std::get_if<tensor<std::uint8_t>>(&held[id]);
        const auto codes = codes_of(v);
        if (!codes)
            return nullptr;
        if (coded[id].empty())
            coded[id] = encode_tensor(v.encoded, *v.reals());
        return &coded[id];
    }

    [[nodiscard]] const tensor<std::int64_t>* whole_input(value_id id) const {
        return g[id].wholes() != nullptr ? g[id].wholes() : std::get_if<tensor<std::int64_t>>(&held[id]);
    }

    /// Sizes and type of an input as it is held; absent if nothing has computed it.
    [[nodiscard]] value_info info(value_id id) const {
        if (id == no_value || (!g[id].is_constant() && !known[id]))
            return {.dims = {}, .type = format::dtype::f32, .present = false};
        return {.dims = g[id].is_constant() ? g[id].dims : dims_of(held[id]),
                .type = g[id].type,
                .present = true};
    }

    void store(value_id id, simulated<T> t) {
        if (id == no_value)
            return;
        const auto codes = codes_of(g[id]);
        const auto* real = std::get_if<tensor<T>>(&t);
        held[id] =
            codes && real != nullptr ? simulated<T>(encode_tensor(g[id].encoded, *real)) : std::move(t);
        known[id] = true;
    }
};

/// A pool whose sums of codes int32 cannot hold.
template <class T, class Layers>
[[nodiscard]] result<any_tensors<T>> average_stepwise(simulation<T, Layers>& s, node<Layers> n,
                                                      const std::vector<tensor_input<T>>& in) {
    const auto steps = average_in_steps(s.info(n.inputs[0]).dims);
    n.layer = steps[0];
    const auto rows = compute<T>(s.g, n, in);
    if (!rows)
        return rows;
    n.layer = steps[1];
    return compute<T>(s.g, n, std::vector<tensor_input<T>>{tensor_input<T>((*rows)[0])});
}

template <class T, class Layers>
[[nodiscard]] result<simulated_values<T>> simulate_real(simulation<T, Layers>& s, const node<Layers>& n,
                                                        const node_execution& how) {
    std::vector<tensor<T>> scratch(n.inputs.size());
    std::vector<tensor_input<T>> in;
    for (std::size_t i = 0; i < n.inputs.size(); ++i)
        in.push_back(s.real_input(n.inputs[i], scratch[i]));
    auto computed =
        layer_of<pool2d>(n) != nullptr && how.sums ? average_stepwise(s, n, in) : compute<T>(s.g, n, in);
    if (!computed)
        return computed.error();
    simulated_values<T> out;
    for (auto& t : *computed)
        std::visit([&](auto& held) { out.emplace_back(std::move(held)); }, t);
    return out;
}

template <class T, class Layers>
[[nodiscard]] result<simulated_values<T>> simulate_codes(simulation<T, Layers>& s, const node<Layers>& n,
                                                         const node_execution& how) {
    integer_call<T> c;
    value_infos infos;
    const bool weighted = has_weights(n.layer);
    for (std::size_t i = 0; i < n.inputs.size(); ++i) {
        const value_id id = n.inputs[i];
        infos.push_back(s.info(id));
        const bool constant = id == no_value || (weighted && i > 0);
        const auto* codes = constant ? nullptr : s.code_input(id);
        c.in.push_back(codes);
        c.from.push_back(codes != nullptr ? *codes_of(s.g[id]) : format::affine{});
        if (!constant && codes == nullptr)
            c.indices = s.whole_input(id);
    }
    if (weighted) {
        c.weights = &s.g[n.inputs[1]];
        c.bias = infos.size() > 2 && infos[2].present ? s.g[n.inputs[2]].reals() : nullptr;
    }
    c.to = how.codes;
    c.parts = how.parts;
    if (how.output != no_value && how.activation == no_node)
        c.levels = has_levels(s.g[how.output]) ? &s.g[how.output].encoded : nullptr;
    const auto expected = infer_layer(n.layer, infos);
    if (!expected)
        return at_node(expected.error(), n);
    auto out =
        with_layer(n.layer, [&](const auto& layer, auto traits) { return traits.forward_codes(layer, c); });
    if (!out)
        return at_node(out.error(), n);
    return out;
}

template <class T, class Observer>
void observe_any(Observer& observer, value_id id, const simulated<T>& t) {
    std::visit([&](const auto& held) { observe(observer, id, held); }, t);
}

/// Runs node `k` and lets go of what nobody needs any more. @param last last_uses of the graph
template <class T, class Layers, class Observer>
[[nodiscard]] result<void> simulate_node(simulation<T, Layers>& s, node_index k, const node_execution& how,
                                         const std::vector<node_index>& last, Observer& observer) {
    if (how.how == execution::fused)
        return {};
    const auto& n = s.g.nodes[k];
    auto out = how.how == execution::integer ? simulate_codes(s, n, how) : simulate_real(s, n, how);
    if (!out)
        return out.error();
    for (std::size_t i = 0; i < n.outputs.size(); ++i) {
        const value_id id = i == 0 ? how.output : n.outputs[i];
        if (id == no_value)
            continue;
        s.store(id, std::move((*out)[i]));
        observe_any<T>(observer, id, s.held[id]);
    }
    for (const auto* list : {&n.inputs, &n.outputs})
        for (const auto id : *list)
            if (id != no_value && last[id] <= k)
                s.held[id] = tensor<T>{};
    return {};
}

} // namespace detail

/// As evaluate, but in codes where the graph's encodings say so. `observer(id, tensor)` is called with
/// tensor<std::uint8_t> (codes) for encoded values, with real or whole elements for the others; values inside
/// a fused node are not computed. Encoded outputs are given decoded.
template <class T, class Layers, class Observer = ignore_values>
[[nodiscard]] result<any_tensors<T>> simulate(const graph<T, Layers>& g,
                                              std::type_identity_t<std::span<const any_tensor<T>>> inputs,
                                              Observer&& observer = {}) {
    PITH_TRY(detail::expect_inputs_of(g, inputs));
    detail::simulation<T, Layers> s(g);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        std::visit([&](const auto& t) { s.store(g.inputs[i], simulated<T>(t)); }, inputs[i]);
        detail::observe_any<T>(observer, g.inputs[i], s.held[g.inputs[i]]);
    }
    const auto how = executions_of(g);
    const auto last = last_uses(g);
    for (node_index k = 0; k < g.nodes.size(); ++k)
        PITH_TRY(detail::simulate_node(s, k, how[k], last, observer));
    any_tensors<T> results;
    for (const auto id : g.outputs) {
        tensor<T> scratch;
        const auto t = s.real_input(id, scratch);
        if (!t.present())
            return fault{errc::missing, "no node computes an output of the network", g[id].name};
        if (t.reals != nullptr)
            results.emplace_back(*t.reals);
        else
            results.emplace_back(*t.wholes);
    }
    return results;
}

} // namespace pith

#endif
