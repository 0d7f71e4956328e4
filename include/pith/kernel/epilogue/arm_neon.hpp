// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_EPILOGUE_ARM_NEON_HPP
#define PITH_KERNEL_EPILOGUE_ARM_NEON_HPP
/// codes_epilogue with NEON: sums of 16 channels to codes.

#include <cstddef>
#include <cstdint>

#include "../../base/config.hpp"
#include "../../simd/arm_neon/codes.hpp"
#include "vector.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::kernel::arm_neon::epilogue {

using simd::arm_neon::store_first;

/// The constants of an epilogue, spread over vectors.
struct codes_constants {
    explicit codes_constants(const codes_epilogue& e) noexcept
        : low(vdupq_n_f32(static_cast<float>(e.lowest - e.zero))),
          high(vdupq_n_f32(static_cast<float>(e.highest - e.zero))),
          zero_real(vdupq_n_f32(static_cast<float>(e.zero))), ra(vdupq_n_f32(e.add.ra)),
          rb(vdupq_n_f32(e.add.rb)), offset(vdupq_n_f32(e.add.offset)),
          add_low(vdupq_n_f32(static_cast<float>(e.add_lowest))),
          zero(vdupq_n_s16(static_cast<std::int16_t>(e.residual != nullptr ? 0 : e.zero))),
          high_code(vdup_n_u8(static_cast<std::uint8_t>(e.residual != nullptr ? e.add_highest : e.highest))) {
    }

    float32x4_t low, high;
    float32x4_t zero_real;
    float32x4_t ra, rb, offset;
    float32x4_t add_low;
    int16x8_t zero;      ///< added to rounded values; within the sum where there is a residual
    uint8x8_t high_code; ///< of the stored code
};

PITH_ALWAYS_INLINE float32x4_t scaled(int32x4_t sums, float32x4_t factor) noexcept {
    return vmulq_f32(vcvtq_f32_s32(sums), factor);
}

/// Rounded, without zero point, high side unclamped. NaN gives the lowest code.
PITH_ALWAYS_INLINE int32x4_t rounded(int32x4_t sums, float32x4_t factor, const codes_constants& c) noexcept {
    return vcvtnq_s32_f32(vmaxnmq_f32(scaled(sums, factor), c.low));
}

/// Code plus residual, rounded, high side unclamped.
template <residual_as Residual>
PITH_ALWAYS_INLINE int32x4_t rounded_with_residual(int32x4_t sums, float32x4_t factor, uint16x4_t residual,
                                                   const codes_constants& c) noexcept {
    const float32x4_t v = vminq_f32(vmaxnmq_f32(scaled(sums, factor), c.low), c.high);
    const float32x4_t own = vaddq_f32(vrndnq_f32(v), c.zero_real);
    const float32x4_t other = vcvtq_f32_u32(vmovl_u16(residual));
    const float32x4_t a = Residual == residual_as::first ? other : own;
    const float32x4_t b = Residual == residual_as::first ? own : other;
    const float32x4_t sum = vfmaq_f32(vfmaq_f32(c.offset, b, c.rb), a, c.ra);
    return vcvtnq_s32_f32(vmaxnmq_f32(sum, c.add_low));
}

/// Eight rounded values to codes.
PITH_ALWAYS_INLINE uint8x8_t packed(int32x4_t a, int32x4_t b, const codes_constants& c) noexcept {
    const int16x8_t both = vqaddq_s16(vqmovn_high_s32(vqmovn_s32(a), b), c.zero);
    return vmin_u8(vqmovun_s16(both), c.high_code);
}

/// As the store_codes of other instruction sets, for one panel.
template <int N, residual_as Residual>
void store_codes(const codes_epilogue& e, const codes_constants& c, const std::int32_t* sums, int pixels,
                 const float* factor, std::uint32_t last, std::uint8_t* output, std::ptrdiff_t step,
                 const std::uint8_t* residual) noexcept {
    static_assert(N == 1);
    float32x4_t factors[4];
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v)
        factors[v] = vld1q_f32(factor + 4 * v);
    for (; pixels > 0; --pixels, sums += 16, output += step) {
        int32x4_t v[4];
        if constexpr (Residual == residual_as::none) {
#pragma GCC unroll 4
            for (int i = 0; i < 4; ++i)
                v[i] = rounded(vld1q_s32(sums + 4 * i), factors[i], c);
        } else {
            const uint8x16_t codes = vld1q_u8(residual);
            residual += e.residual_strides.column_stride;
            const uint16x8_t halves[2] = {vmovl_u8(vget_low_u8(codes)), vmovl_high_u8(codes)};
#pragma GCC unroll 4
            for (int i = 0; i < 4; ++i)
                v[i] = rounded_with_residual<Residual>(
                    vld1q_s32(sums + 4 * i), factors[i],
                    i % 2 == 0 ? vget_low_u16(halves[i / 2]) : vget_high_u16(halves[i / 2]), c);
        }
        simd::arm_neon::codes::store_bytes(output, vcombine_u8(packed(v[0], v[1], c), packed(v[2], v[3], c)),
                                           last);
    }
}

/// As store_codes, to floats: (float)sum * factor.
template <int N>
void store_reals(const std::int32_t* sums, int pixels, const float* factor, std::uint32_t last, float* output,
                 std::ptrdiff_t step) noexcept {
    static_assert(N == 1);
    for (; pixels > 0; --pixels, sums += 16, output += step) {
        float all[16];
        for (int i = 0; i < 16; i += 4)
            vst1q_f32(all + i, scaled(vld1q_s32(sums + i), vld1q_f32(factor + i)));
        for (std::uint32_t i = 0; i < last; ++i)
            output[i] = all[i];
    }
}

} // namespace pith::kernel::arm_neon::epilogue
#endif

#endif
