// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_ARGS_HPP
#define PITH_KERNEL_ELTWISE_ARGS_HPP
/// Element-wise operations. All but binary_f32 work on `rows` rows of `count` elements that lie next to each
/// other: a dense tensor is one row, an image with a border is its rows (count = columns * channels). Outputs
/// may be the input itself where element sizes agree.

#include <cstddef>
#include <cstdint>

#include "../../base/on_use.hpp"
#include "../../format/affine.hpp"
#include "../../format/ops.hpp"
#include "../../format/requantize.hpp"

namespace pith::kernel {

/// output = format::encode(to, input).
struct quantize_args {
    const float* input = nullptr;
    std::uint8_t* output = nullptr;
    std::size_t rows = 1;
    std::size_t count = 0;
    std::ptrdiff_t input_row_stride = 0;
    std::ptrdiff_t output_row_stride = 0;
    format::affine to{};
};

/// output = format::decode(from, input).
struct dequantize_args {
    const std::uint8_t* input = nullptr;
    float* output = nullptr;
    std::size_t rows = 1;
    std::size_t count = 0;
    std::ptrdiff_t input_row_stride = 0;
    std::ptrdiff_t output_row_stride = 0;
    format::affine from{};
};

/// output = table[input].
struct table_u8_args {
    const std::uint8_t* input = nullptr;
    std::uint8_t* output = nullptr;
    std::size_t rows = 1;
    std::size_t count = 0;
    std::ptrdiff_t input_row_stride = 0;
    std::ptrdiff_t output_row_stride = 0;
    const std::uint8_t* table = nullptr; ///< 256 codes
};

/// One operand of add_u8 and mul_u8: element i of row r is data[r * row_stride + (period ? i % period : i)].
/// Period 1 is a scalar, period `channels` a vector over channels.
struct codes_operand {
    const std::uint8_t* data = nullptr;
    std::ptrdiff_t row_stride = 0;
    std::size_t period = 0; ///< 0: does not repeat
};

/// output = format::add_codes(a, b, ...).
struct add_u8_args {
    codes_operand a{};
    codes_operand b{};
    std::uint8_t* output = nullptr;
    std::size_t rows = 1;
    std::size_t count = 0;
    std::ptrdiff_t output_row_stride = 0;
    format::add_factors factors{}; ///< of codes that were not moved
    std::int32_t lowest = 0;
    std::int32_t highest = 255;
    std::int32_t moved = 0; ///< format::affine::moved of all three
};

/// output = format::multiply_codes(a, a_zero, b, b_zero, ...).
struct mul_u8_args {
    codes_operand a{};
    codes_operand b{};
    std::uint8_t* output = nullptr;
    std::size_t rows = 1;
    std::size_t count = 0;
    std::ptrdiff_t output_row_stride = 0;
    std::int32_t a_zero = 0;
    std::int32_t b_zero = 0;
    float factor = 0.f; ///< (float)((float)(a_scale * b_scale) / output_scale)
    std::int32_t zero = 0;
    std::int32_t lowest = 0;
    std::int32_t highest = 255;
    std::int32_t moved = 0; ///< format::affine::moved of all three
};

/// output = op(input); alpha and beta as graph/layer/unary.hpp gives them.
struct unary_f32_args {
    format::unary_op op = format::unary_op::identity;
    float alpha = 0.f;
    float beta = 0.f;
    const float* input = nullptr;
    float* output = nullptr;
    std::size_t rows = 1;
    std::size_t count = 0;
    std::ptrdiff_t input_row_stride = 0;
    std::ptrdiff_t output_row_stride = 0;
};

/// output = clamp(op(a, b), low, high) over up to 8 axes; strides in elements, 0 where an operand repeats.
struct binary_f32_args {
    format::binary_op op = format::binary_op::add;
    const float* a = nullptr;
    const float* b = nullptr;
    float* output = nullptr;
    std::uint32_t rank = 0;
    std::size_t sizes[8] = {};
    std::ptrdiff_t a_strides[8] = {};
    std::ptrdiff_t b_strides[8] = {};
    std::ptrdiff_t output_strides[8] = {};
    float low = -__builtin_inff();
    float high = __builtin_inff();
};

} // namespace pith::kernel

#endif
