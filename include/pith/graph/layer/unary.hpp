// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_UNARY_HPP
#define PITH_GRAPH_LAYER_UNARY_HPP
/// Element-wise functions of one value.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"
#include "../../format/ops.hpp"

namespace pith {

using unary_op = format::unary_op;

/// inputs: x; output as x. `alpha`, `beta`: clip low, high; leaky_relu, elu, thresholded_relu alpha;
/// hard_sigmoid alpha x + beta; selu alpha, gamma; silu x * sigmoid(alpha x); gelu alpha 0 exact, 1 tanh
/// approximation.
struct unary {
    unary_op op = unary_op::identity;
    double alpha = 0;
    double beta = 0;
};

} // namespace pith

#endif
