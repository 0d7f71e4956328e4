// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_EPILOGUE_ARM_NEON_HPP
#define PITH_KERNEL_EPILOGUE_ARM_NEON_HPP
/// codes_epilogue with NEON: sums of 16 channels to codes.

#include <cstddef>
#include <cstdint>

#include "../../base/config.hpp"
#include "vector.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::kernel::arm_neon::epilogue {

/// The constants of an epilogue, spread over vectors.
struct codes_constants {
    explicit codes_constants(const codes_epilogue& e) noexcept
        : low(vdupq_n_f32(static_cast<float>(e.lowest - e.zero))),
          high(vdupq_n_f32(static_cast<float>(e.highest - e.zero))),
          zero_real(vdupq_n_f32(static_cast<float>(e.zero))), zero(vdupq_n_s32(e.zero)),
          ra(vdupq_n_f32(e.add.ra)), rb(vdupq_n_f32(e.add.rb)), offset(vdupq_n_f32(e.add.offset)),
          add_low(vdupq_n_f32(static_cast<float>(e.add_lowest))),
          add_high(vdupq_n_f32(static_cast<float>(e.add_highest))) {}

    float32x4_t low, high;
    float32x4_t zero_real;
    int32x4_t zero;
    float32x4_t ra, rb, offset;
    float32x4_t add_low, add_high;
};

PITH_ALWAYS_INLINE float32x4_t scaled(const std::int32_t* sums, const float* factor) noexcept {
    return vmulq_f32(vcvtq_f32_s32(vld1q_s32(sums)), vld1q_f32(factor));
}

/// NaN gives `low`.
PITH_ALWAYS_INLINE float32x4_t clamped(float32x4_t v, float32x4_t low, float32x4_t high) noexcept {
    return vminq_f32(vmaxnmq_f32(v, low), high);
}

template <residual_as Residual>
PITH_ALWAYS_INLINE int32x4_t code(const std::int32_t* sums, const float* factor, int16x4_t residual,
                                  const codes_constants& c) noexcept {
    const float32x4_t v = clamped(scaled(sums, factor), c.low, c.high);
    if constexpr (Residual == residual_as::none) {
        return vaddq_s32(vcvtnq_s32_f32(v), c.zero);
    } else {
        const float32x4_t own = vaddq_f32(vrndnq_f32(v), c.zero_real);
        const float32x4_t other = vcvtq_f32_s32(vmovl_s16(residual));
        const float32x4_t a = Residual == residual_as::first ? other : own;
        const float32x4_t b = Residual == residual_as::first ? own : other;
        const float32x4_t sum = vfmaq_f32(vfmaq_f32(c.offset, b, c.rb), a, c.ra);
        return vcvtnq_s32_f32(clamped(sum, c.add_low, c.add_high));
    }
}

/// As the store_codes of other instruction sets, for one panel.
template <int N, residual_as Residual>
void store_codes(const codes_epilogue& e, const codes_constants& c, const std::int32_t* sums, int pixels,
                 const float* factor, std::uint32_t last, std::uint8_t* output, std::ptrdiff_t step,
                 const std::uint8_t* residual) noexcept {
    static_assert(N == 1);
    for (; pixels > 0; --pixels, sums += 16, output += step) {
        int16x8_t low = vdupq_n_s16(0), high = low;
        if constexpr (Residual != residual_as::none) {
            const uint8x16_t codes = vld1q_u8(residual);
            low = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(codes)));
            high = vreinterpretq_s16_u16(vmovl_u8(vget_high_u8(codes)));
            residual += e.residual_strides.column_stride;
        }
        const int32x4_t v0 = code<Residual>(sums, factor, vget_low_s16(low), c);
        const int32x4_t v1 = code<Residual>(sums + 4, factor + 4, vget_high_s16(low), c);
        const int32x4_t v2 = code<Residual>(sums + 8, factor + 8, vget_low_s16(high), c);
        const int32x4_t v3 = code<Residual>(sums + 12, factor + 12, vget_high_s16(high), c);
        const uint8x8_t first = vqmovun_s16(vcombine_s16(vqmovn_s32(v0), vqmovn_s32(v1)));
        const uint8x8_t second = vqmovun_s16(vcombine_s16(vqmovn_s32(v2), vqmovn_s32(v3)));
        if (last == 16) {
            vst1q_u8(output, vcombine_u8(first, second));
        } else {
            std::uint8_t all[16];
            vst1q_u8(all, vcombine_u8(first, second));
            for (std::uint32_t i = 0; i < last; ++i)
                output[i] = all[i];
        }
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
            vst1q_f32(all + i, scaled(sums + i, factor + i));
        for (std::uint32_t i = 0; i < last; ++i)
            output[i] = all[i];
    }
}

} // namespace pith::kernel::arm_neon::epilogue
#endif

#endif
