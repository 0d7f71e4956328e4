// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_EVALUATE_WITH_OVERRIDES_HPP
#define PITH_GRAPH_EVALUATE_WITH_OVERRIDES_HPP
/// Runs a graph on another runtime's values: every node computes from what the other one computed, so that
/// what a layer adds to the error stands apart from what it was handed.

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "../base/result.hpp"
#include "evaluate.hpp"
#include "graph.hpp"

namespace pith {

/// Calls observer(id, tensor) with what each node gives when it reads `given` (indexed by value; an empty
/// tensor: not known) instead of what the nodes before it gave. Where nothing is known, what they gave is
/// read.
/// @param given with the sizes of the graph's own values; the inputs' among them
template <class T, class Layers, class Observer>
[[nodiscard]] result<void>
evaluate_with_overrides(const graph<T, Layers>& g, std::type_identity_t<std::span<const tensor<T>>> given,
                        std::type_identity_t<std::span<const any_tensor<T>>> inputs, Observer&& observer) {
    PITH_TRY(detail::expect_inputs_of(g, inputs));
    const auto known = [&](value_id id) {
        return id < given.size() && !given[id].empty() ? &given[id] : nullptr;
    };
    detail::values_at_hand<T> hand(g);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const value_id id = g.inputs[i];
        hand.at[id] = known(id) != nullptr ? tensor_input<T>(*known(id)) : tensor_input<T>(inputs[i]);
    }
    return detail::walk(g, hand, observer, known);
}

} // namespace pith

#endif
