// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_OPS_HPP
#define PITH_FORMAT_OPS_HPP
/// The functions of element-wise, reducing and resizing layers; the numbers are part of the program file.

#include <cstdint>

namespace pith::format {

/// Functions of one element. The numbers are part of program files.
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

/// The last three give booleans; programs have the others.
enum class binary_op : std::uint8_t {
    add,
    sub,
    mul,
    div,
    min,
    max,
    pow,
    prelu,
    keep,
    equal,
    less,
    less_equal
};

/// Whether it gives booleans.
[[nodiscard]] constexpr bool compares(binary_op op) noexcept {
    return op >= binary_op::equal;
}

/// The last four give the place of an extreme element along one axis, as a whole number: the first of equal
/// ones, or the last. NaN is both greatest and least.
enum class reduce_op : std::uint8_t {
    mean,
    sum,
    max,
    min,
    prod,
    l1,
    l2,
    sum_square,
    log_sum,
    log_sum_exp,
    arg_max,
    arg_min,
    arg_max_last,
    arg_min_last,
};

/// Whether it gives an index instead of an element.
[[nodiscard]] constexpr bool gives_place(reduce_op op) noexcept {
    return op >= reduce_op::arg_max;
}

/// Whether element `v`, which stands behind `best`, takes its place. @pre gives_place(op)
template <class E>
[[nodiscard]] constexpr bool takes_place(reduce_op op, E v, E best) noexcept {
    if (v != v || best != best)
        return v != v && (best == best || op == reduce_op::arg_max_last || op == reduce_op::arg_min_last);
    switch (op) {
    case reduce_op::arg_max:
        return v > best;
    case reduce_op::arg_min:
        return v < best;
    case reduce_op::arg_max_last:
        return v >= best;
    default:
        return v <= best;
    }
}

/// What stands in a border.
enum class pad_mode : std::uint8_t { constant, edge, reflect, wrap };

/// How ONNX Resize interpolates, where it samples, and how it rounds positions.
enum class resize_mode : std::uint8_t { nearest, linear, cubic };
/// Which input position an output position stands for (ONNX Resize).
enum class resize_coordinates : std::uint8_t {
    half_pixel,
    half_pixel_symmetric,
    pytorch_half_pixel,
    align_corners,
    asymmetric,
};
/// How a position between two elements is rounded (ONNX Resize, nearest).
enum class resize_rounding : std::uint8_t { prefer_floor, prefer_ceil, floor, ceil };

} // namespace pith::format

#endif
