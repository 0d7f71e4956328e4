// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DOT_DOTPROD_HPP
#define PITH_KERNEL_DOT_DOTPROD_HPP
/// The dot product of four u8 and four s8 in each 32-bit lane with the dot product instruction of ARMv8.2,
/// which has no mixed signs.

#include <cstdint>
#include <cstring>

#include "../arch/target.hpp"
#include "../base/config.hpp"

// clang 14 knows no target regions for AArch64.
#if PITH_AARCH64 && !defined(__clang__)
#include <arm_neon.h>

PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod")
namespace pith::kernel::arm_dotprod {

struct dot {
    using weights = int8x16_t;
    using inputs = int8x16_t; ///< less 128
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
    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept { return vreinterpretq_s8_s32(w); }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept {
        return vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_s32(x), vdupq_n_u8(0x80)));
    }
    /// x w = (x - 128) w + 64 w + 64 w
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, inputs x, weights w) noexcept {
        const int8x16_t half = vdupq_n_s8(64);
        return vdotq_s32(vdotq_s32(vdotq_s32(acc, x, w), half, w), half, w);
    }
};

} // namespace pith::kernel::arm_dotprod
PITH_TARGET_END
#endif

#endif
