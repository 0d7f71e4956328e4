// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_RECORD_SIZE_HPP
#define PITH_RUN_RECORD_SIZE_HPP
/// How long each kind of operation's record is.

#include <cstddef>

#include "op_view.hpp"
#include "records.hpp"

namespace pith::run::detail {

/// Words behind the fixed part of each kind's record; `axes` of them per axis are strides and sizes.
struct record_size {
    std::size_t bytes = 0;
    std::size_t axes = 0; ///< words per axis behind it
};

[[nodiscard]] constexpr record_size size_of(op_kind kind) noexcept {
    switch (kind) {
    case op_kind::convolution_u8:
    case op_kind::depthwise_u8:
        return {sizeof(codes_convolution_record), 0};
    case op_kind::convolution_f32:
    case op_kind::depthwise_f32:
        return {sizeof(real_convolution_record), 0};
    case op_kind::quantize:
        return {sizeof(quantize_record), 0};
    case op_kind::dequantize:
    case op_kind::convert:
        return {sizeof(op_record), 0};
    case op_kind::table_u8:
        return {sizeof(table_record), 0};
    case op_kind::unary_f32:
        return {sizeof(unary_record), 0};
    case op_kind::binary_u8:
        return {sizeof(codes_binary_record), 0};
    case op_kind::binary_f32:
        return {sizeof(real_binary_record), 4};
    case op_kind::pool:
        return {sizeof(pool_record), 0};
    case op_kind::softmax:
        return {sizeof(softmax_record), 0};
    case op_kind::copy:
        return {sizeof(copy_record), 3};
    case op_kind::pad:
        return {sizeof(pad_record), 3};
    case op_kind::resize:
        return {sizeof(resize_record), 0};
    case op_kind::reduce:
        return {sizeof(reduce_record), 0};
    case op_kind::gather:
        return {sizeof(gather_record), 0};
    case op_kind::matmul:
        return {sizeof(matmul_record), 3};
    }
    return {};
}

/// Axes of a record that has them. @pre its fixed part is there
[[nodiscard]] inline std::size_t axes_of(op_view op) noexcept {
    switch (op.kind()) {
    case op_kind::binary_f32:
        return op.as<real_binary_record>().rank;
    case op_kind::copy:
        return op.as<copy_record>().rank;
    case op_kind::pad:
        return op.as<pad_record>().rank;
    case op_kind::matmul:
        return op.as<matmul_record>().rank;
    default:
        return 0;
    }
}

} // namespace pith::run::detail

#endif
