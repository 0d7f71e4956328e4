// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_X86_AVX512_HPP
#define PITH_KERNEL_ELTWISE_X86_AVX512_HPP
/// Element-wise operations, 16 elements at a time.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../axes.hpp"
#include "../vectors/x86_avx512_codes.hpp"
#include "../vectors/x86_avx512_f32.hpp"
#include "args.hpp"
#include "binary.hpp"
#include "unary.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::kernel::x86_avx512 {

namespace eltwise_body {
using namespace f32;
using namespace codes;
#include "body.inl"
} // namespace eltwise_body

template <class = on_use>
inline void quantize(const quantize_args& a) noexcept {
    for (std::size_t r = 0; r < a.rows; ++r)
        eltwise_body::quantize_row(a, a.input + static_cast<std::ptrdiff_t>(r) * a.input_row_stride,
                                   a.output + static_cast<std::ptrdiff_t>(r) * a.output_row_stride);
}

template <class = on_use>
inline void dequantize(const dequantize_args& a) noexcept {
    for (std::size_t r = 0; r < a.rows; ++r)
        eltwise_body::dequantize_row(a, a.input + static_cast<std::ptrdiff_t>(r) * a.input_row_stride,
                                     a.output + static_cast<std::ptrdiff_t>(r) * a.output_row_stride);
}

template <class = on_use>
inline void add_u8(const add_u8_args& a) noexcept {
    eltwise_body::add_rows(a);
}

template <class = on_use>
inline void mul_u8(const mul_u8_args& a) noexcept {
    eltwise_body::mul_rows(a);
}

/// relu, clip, hard_sigmoid and hard_swish; other functions by the portable kernel.
template <class = on_use>
inline void unary_f32(const unary_f32_args& a) noexcept {
    eltwise_body::unary_rows(a);
}

/// add, sub, mul and div along contiguous lines; the rest by the portable kernel.
template <class = on_use>
inline void binary_f32(const binary_f32_args& a) noexcept {
    eltwise_body::binary_rows(a);
}

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
