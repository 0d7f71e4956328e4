// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_OPS_HPP
#define PITH_FORMAT_OPS_HPP
/// The functions of element-wise, reducing and resizing layers; the numbers are part of the program file.

#include <cstdint>

namespace pith::format {

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

enum class binary_op : std::uint8_t { add, sub, mul, div, min, max, pow, prelu };

enum class reduce_op : std::uint8_t { mean, sum, max, min, prod, l1, l2, sum_square, log_sum, log_sum_exp };

enum class pad_mode : std::uint8_t { constant, edge, reflect, wrap };

enum class resize_mode : std::uint8_t { nearest, linear, cubic };
enum class resize_coordinates : std::uint8_t {
    half_pixel,
    half_pixel_symmetric,
    pytorch_half_pixel,
    align_corners,
    asymmetric,
};
enum class resize_rounding : std::uint8_t { prefer_floor, prefer_ceil, floor, ceil };

} // namespace pith::format

#endif
