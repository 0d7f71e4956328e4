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

namespace pith {

enum class unary_op : std::uint8_t {
    identity,
    relu,
    clip,
    leaky_relu,
    sigmoid,
    tanh,
    hard_sigmoid,
    hard_swish,
    silu,
    elu,
    selu,
    gelu,
    softplus,
    softsign,
    mish,
    thresholded_relu,
    exp,
    log,
    sqrt,
    reciprocal,
    abs,
    neg,
    sign,
    floor,
    ceil,
    round,
    erf,
    sin,
    cos,
};

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
