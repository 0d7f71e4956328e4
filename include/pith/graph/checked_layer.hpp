// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_CHECKED_LAYER_HPP
#define PITH_GRAPH_CHECKED_LAYER_HPP
/// What a layer's traits lack, as one short error. A header of its own, so that few includes lead to it.

#include "layer_traits.hpp"

namespace pith::detail {

/// One error that names L and what its traits lack; graph instantiates it for each layer of its list.
template <class L>
struct checked_layer {
    static constexpr bool given = has_layer_traits<L>;
    static_assert(given, "a layer of the list has no pith::layer_traits (graph/layer_traits.hpp)");
    static_assert(!given || has_role<L>, "pith::layer_traits<L>::role is missing");
    static_assert(!given || has_kind<L>, "pith::layer_traits<L>::kind is missing");
    static_assert(!given || has_infer<L>, "pith::layer_traits<L>::infer is missing");
    static_assert(!given || has_forward<L>, "pith::layer_traits<L>::forward is missing");
    static_assert(!given || has_channels<L>, "pith::layer_traits<L>::channels is missing");
    static_assert(!given || has_keeps_elements<L>, "pith::layer_traits<L>::keeps_elements is missing");
    static_assert(!given || has_runs_quantized<L>, "pith::layer_traits<L>::runs_quantized is missing");
    static_assert(!given || has_forward_codes<L>, "pith::layer_traits<L>::forward_codes is missing");
    static_assert(!given || has_macs<L>, "pith::layer_traits<L>::macs is missing");
    static_assert(!given || has_taps<L>, "pith::layer_traits<L>::taps is missing");
    static_assert(!given || has_move_part<L>, "pith::layer_traits<L>::move is missing");
    static_assert(!has_role<L> || has_weights_part<L>,
                  "pith::layer_traits<L>::multiply or ::cut_of_sums is missing");
};

} // namespace pith::detail

#endif
