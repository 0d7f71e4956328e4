// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DOT_NEON_HPP
#define PITH_KERNEL_DOT_NEON_HPP
/// The dot product of four u8 and four s8 in each 32-bit lane with NEON.

#include <cstdint>
#include <cstring>

#include "../arch/target.hpp"
#include "../base/config.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::kernel::arm_neon {

struct dot {
    /// Bytes widened: a product of u8 and s8 fits in 16 bits.
    struct halves {
        int16x8_t low, high;
    };
    using weights = halves;
    using inputs = int16x8_t;
    using vec = int32x4_t;
    static constexpr int lanes = 4;
    static constexpr int wanted_chains = 8; ///< independent sums that hide the latency
    static constexpr int most_chains = 16;  ///< sums that fit in registers
    static constexpr int unroll = 1;

    PITH_ALWAYS_INLINE static vec none() noexcept { return vdupq_n_s32(0); }
    PITH_ALWAYS_INLINE static vec load(const std::int32_t* p) noexcept { return vld1q_s32(p); }
    PITH_ALWAYS_INLINE static vec load(const std::int8_t* p) noexcept {
        return vreinterpretq_s32_s8(vld1q_s8(p));
    }
    PITH_ALWAYS_INLINE static void store(std::int32_t* p, vec v) noexcept { vst1q_s32(p, v); }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return vaddq_s32(a, b); }
    /// The same four bytes in every lane.
    PITH_ALWAYS_INLINE static vec broadcast(const std::uint8_t* p) noexcept {
        std::int32_t four;
        std::memcpy(&four, p, sizeof four);
        return vdupq_n_s32(four);
    }
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

} // namespace pith::kernel::arm_neon
#endif

#endif
