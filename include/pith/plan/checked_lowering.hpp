// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_CHECKED_LOWERING_HPP
#define PITH_PLAN_CHECKED_LOWERING_HPP
/// What a layer's lowering lacks, as one short error. A header of its own, so that few includes lead to it.

#include "layer_lowering.hpp"

namespace pith::plan::detail {

/// One error that names L and what its lowering lacks; make_draft asks for it, for each layer of its list.
template <class L>
struct checked_lowering {
    static constexpr bool given = has_layer_lowering<L>;
    static_assert(given, "a layer of the list has no pith::plan::layer_lowering (plan/layer_lowering.hpp)");
    static_assert(!given || has_lower<L>, "pith::plan::layer_lowering<L>::lower is missing");
};

} // namespace pith::plan::detail

#endif
