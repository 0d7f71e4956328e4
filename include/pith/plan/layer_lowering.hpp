// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LAYER_LOWERING_HPP
#define PITH_PLAN_LAYER_LOWERING_HPP
/// What packing must know of a kind of layer, in one place: layer_lowering<L>, in lower_*.hpp.

#include <concepts>
#include <type_traits>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "lowering.hpp"

namespace pith::plan {

/// Of a kind of layer L, specialised beside it, in namespace pith::plan, before a graph of a list with L is
/// packed. All static:
///   result<void> lower(lowering<T, Layers>&, const L&, const std::vector<value_id>& inputs)
/// adds the operations that compute the node's outputs, in codes where current.integer says so.
template <class Layer>
struct layer_lowering;

namespace detail {

template <class L>
concept has_layer_lowering = requires {
    sizeof(layer_lowering<L>);
};
template <class L>
concept has_lower = requires(const L& l, lowering<float, layer_list>& x,
                             const std::vector<value_id>& inputs) {
    { layer_lowering<L>::lower(x, l, inputs) } -> std::same_as<result<void>>;
};

/// Stands in for a lowering that lacks a member.
struct no_layer_lowering {
    template <class T, class Layers, class Layer>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>&, const Layer&, const std::vector<value_id>&);
};

} // namespace detail

/// A kind of layer that can be packed.
template <class L>
concept packed_layer = detail::has_layer_lowering<L> && detail::has_lower<L>;

namespace detail {

/// What is used in place of layer_lowering<L>, after checked_lowering has reported what that lacks.
template <class L>
using lowering_of = std::conditional_t<packed_layer<L>, layer_lowering<L>, no_layer_lowering>;

} // namespace detail

/// Adds the operations of the layer that `any` holds.
template <class T, class Layers, class Any>
[[nodiscard]] result<void> lower_layer(lowering<T, Layers>& x, const Any& any,
                                       const std::vector<value_id>& inputs) {
    return std::visit(
        [&]<class L>(const L& layer) -> result<void> {
            return detail::lowering_of<L>::lower(x, layer, inputs);
        },
        any);
}

} // namespace pith::plan

#endif
