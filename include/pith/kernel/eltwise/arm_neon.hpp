// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_ARM_NEON_HPP
#define PITH_KERNEL_ELTWISE_ARM_NEON_HPP
/// Element-wise operations with NEON, 16 elements at a time.

#include <cstddef>
#include <cstdint>

#include "../../base/config.hpp"
#include "../../simd/arm_neon/codes.hpp"
#include "../../simd/arm_neon/reals.hpp"
#include "../axes.hpp"
#include "args.hpp"
#include "binary.hpp"
#include "unary.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {

namespace eltwise_body {
using simd::arm_neon::codes;
using reals = simd::arm_neon::wide_reals;
#include "body.inl"
} // namespace eltwise_body

using eltwise_body::add_u8;
using eltwise_body::binary_f32;
using eltwise_body::dequantize;
using eltwise_body::mul_u8;
using eltwise_body::quantize;
using eltwise_body::unary_f32;

/// The table stays in sixteen registers.
template <class = on_use>
inline void table_u8(const table_u8_args& a) noexcept {
    uint8x16x4_t quarters[4];
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q)
        quarters[q] = vld1q_u8_x4(a.table + 64 * q);
    for (std::size_t r = 0; r < a.rows; ++r) {
        const std::uint8_t* x = a.input + static_cast<std::ptrdiff_t>(r) * a.input_row_stride;
        std::uint8_t* y = a.output + static_cast<std::ptrdiff_t>(r) * a.output_row_stride;
        for (std::size_t i = 0; i < a.count; i += 16) {
            uint8x16_t code = vld1q_u8(x + i);
            uint8x16_t found = vqtbl4q_u8(quarters[0], code);
#pragma GCC unroll 3
            for (int q = 1; q < 4; ++q) { // indices outside a quarter leave what was found
                code = vsubq_u8(code, vdupq_n_u8(64));
                found = vqtbx4q_u8(found, quarters[q], code);
            }
            simd::arm_neon::codes::store_bytes(y + i, found, a.count - i < 16 ? a.count - i : 16);
        }
    }
}

} // namespace pith::kernel::arm_neon
#endif

#endif
