// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_SPLICE_HPP
#define PITH_GRAPH_SPLICE_HPP
/// Runs a graph on another runtime's values: every node computes from what the other one computed, so that
/// what a layer adds to the error stands apart from what it was handed.

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "evaluate.hpp"
#include "graph.hpp"
#include "uses.hpp"

namespace pith {

/// Calls observer(id, tensor) with what each node gives when it reads `given` (indexed by value; an empty
/// tensor: not known) instead of what the nodes before it gave. Where nothing is known, what they gave is
/// read.
/// @param given with the sizes of the graph's own values; the inputs' among them
template <class T, class Layers, class Observer>
[[nodiscard]] result<void>
evaluate_spliced(const graph<T, Layers>& g, std::type_identity_t<view<const tensor<T>>> given,
                 std::type_identity_t<view<const any_tensor<T>>> inputs, Observer&& observer) {
    PITH_TRY(detail::expect_inputs_of(g, inputs));
    std::vector<any_tensor<T>> held(g.values.size());
    std::vector<tensor_input<T>> at(g.values.size());
    for (std::size_t i = 0; i < g.values.size(); ++i)
        at[i] = tensor_input<T>(g.values[i].constant);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        at[g.inputs[i]] = tensor_input<T>(inputs[i]);
    const auto known = [&](value_id id) { return id < given.size() && !given[id].empty(); };
    for (const auto id : g.inputs)
        if (known(id))
            at[id] = tensor_input<T>(given[id]);
    const auto last = last_uses(g);
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        const auto& n = g.nodes[k];
        std::vector<tensor_input<T>> in;
        for (const auto id : n.inputs)
            in.push_back(id == no_value ? tensor_input<T>{} : at[id]);
        auto out = detail::compute<T>(g, n, in);
        if (!out)
            return out.error();
        for (std::size_t i = 0; i < n.outputs.size(); ++i) {
            const value_id id = n.outputs[i];
            if (id == no_value)
                continue;
            std::visit([&](const auto& t) { detail::observe(observer, id, t); }, (*out)[i]);
            held[id] = std::move((*out)[i]);
            at[id] = known(id) ? tensor_input<T>(given[id]) : tensor_input<T>(held[id]);
        }
        for (const auto* list : {&n.inputs, &n.outputs})
            for (const auto id : *list)
                if (id != no_value && last[id] <= k)
                    held[id] = tensor<T>{};
    }
    return {};
}

} // namespace pith

#endif
