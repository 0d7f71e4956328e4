// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_CHECKED_TRAINING_HPP
#define PITH_TRAIN_CHECKED_TRAINING_HPP
/// What a layer's training lacks, as one short error. A header of its own, so that few includes lead to it.

#include "layer_training.hpp"

namespace pith::train::detail {

/// One error that names L and what its training lacks; tape instantiates it for each layer of its list.
template <class L>
struct checked_training {
    static constexpr bool given = has_layer_training<L>;
    static_assert(given, "a layer of the list has no pith::train::layer_training (train/layer_training.hpp)");
    static_assert(!given || has_learned<L>, "pith::train::layer_training<L>::learned is missing");
    static_assert(!given || has_forward_step<L>, "pith::train::layer_training<L>::forward_step is missing");
    static_assert(!given || has_backward_step<L>, "pith::train::layer_training<L>::backward_step is missing");
};

} // namespace pith::train::detail

#endif
