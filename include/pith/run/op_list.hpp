// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_OP_LIST_HPP
#define PITH_RUN_OP_LIST_HPP
/// The operations of the library. A program is opened and run with a list of them: an image links what its
/// list names.

#include "../base/type_list.hpp"
#include "op.hpp"
#include "op/add_u8.hpp"
#include "op/average_pool_f32.hpp"
#include "op/average_pool_u8.hpp"
#include "op/binary_f32.hpp"
#include "op/convert.hpp"
#include "op/convolution_b1.hpp"
#include "op/convolution_f32.hpp"
#include "op/convolution_low.hpp"
#include "op/convolution_u8.hpp"
#include "op/copy.hpp"
#include "op/depthwise_f32.hpp"
#include "op/depthwise_u8.hpp"
#include "op/dequantize.hpp"
#include "op/gather.hpp"
#include "op/global_average_u8.hpp"
#include "op/matmul_f32.hpp"
#include "op/max_pool_f32.hpp"
#include "op/max_pool_u8.hpp"
#include "op/mul_u8.hpp"
#include "op/pack_bits.hpp"
#include "op/pad.hpp"
#include "op/quantize.hpp"
#include "op/reduce_f32.hpp"
#include "op/resize_f32.hpp"
#include "op/resize_u8.hpp"
#include "op/softmax_f32.hpp"
#include "op/softmax_u8.hpp"
#include "op/sparse_convolution_f32.hpp"
#include "op/sparse_convolution_u8.hpp"
#include "op/table_u8.hpp"
#include "op/unary_f32.hpp"

namespace pith::run {

/// What quantised networks need: no floating point kernels, and nothing of the maths library.
using integer_op_list =
    type_list<op::convolution_u8, op::convolution_low, op::depthwise_u8, op::quantize, op::dequantize,
              op::table_u8, op::add_u8, op::mul_u8, op::max_pool_u8, op::average_pool_u8,
              op::global_average_u8, op::softmax_u8, op::resize_u8, op::copy, op::pad, op::gather,
              op::pack_bits, op::convolution_b1, op::sparse_convolution_u8>;

/// Every operation.
using op_list =
    integer_op_list::with<op::convert, op::convolution_f32, op::depthwise_f32, op::unary_f32, op::binary_f32,
                          op::max_pool_f32, op::average_pool_f32, op::softmax_f32, op::resize_f32,
                          op::reduce_f32, op::matmul_f32, op::sparse_convolution_f32>;

static_assert(detail::kinds_differ(op_list{}), "two operations have the same kind");

} // namespace pith::run

#endif
