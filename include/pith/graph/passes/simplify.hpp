// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_PASSES_SIMPLIFY_HPP
#define PITH_GRAPH_PASSES_SIMPLIFY_HPP
/// The passes that any network should go through before it is quantised or packed, in their order.

#include <utility>

#include "../../base/result.hpp"
#include "../graph.hpp"
#include "fold_batch_norm.hpp"
#include "fold_constants.hpp"
#include "fold_scale_shift.hpp"
#include "remove_identity.hpp"

namespace pith::passes {

/// The passes that every loaded network should go through: constants folded, batch normalisations and scales
/// folded into weights, identities and dead nodes removed.
struct simplify {
    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

template <class T, class Layers>
result<graph<T, Layers>> simplify::operator()(graph<T, Layers> g) const {
    return fold_constants{}(std::move(g))
        .and_then(remove_identity{})
        .and_then(fold_batch_norm{})
        .and_then(fold_scale_shift{});
}

} // namespace pith::passes

#endif
