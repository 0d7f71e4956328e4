// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_NEON_DOT_HPP
#define PITH_SIMD_ARM_NEON_DOT_HPP
/// The dot product of four u8 and four s8 in each 32-bit lane with NEON.

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "dot_words.hpp"

#if PITH_AARCH64
namespace pith::simd::arm_neon {

struct dot : dot_words {
    /// Bytes widened: a product of u8 and s8 fits in 16 bits.
    struct halves {
        int16x8_t low, high;
    };
    using weights = halves;
    using inputs = int16x8_t;

    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept {
        const int8x16_t bytes = vreinterpretq_s8_s32(w);
        return {vmovl_s8(vget_low_s8(bytes)), vmovl_s8(vget_high_s8(bytes))};
    }
    /// @pre the same four bytes in every lane
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept {
        return vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(vreinterpretq_u8_s32(x))));
    }
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, inputs x, const weights& w) noexcept {
        const int32x4_t low = vpaddlq_s16(vmulq_s16(x, w.low));
        const int32x4_t high = vpaddlq_s16(vmulq_s16(x, w.high));
        return vaddq_s32(acc, vpaddq_s32(low, high));
    }
};

} // namespace pith::simd::arm_neon
static_assert(pith::simd::checked_dot<pith::simd::arm_neon::dot>::complete);
#endif

#endif
