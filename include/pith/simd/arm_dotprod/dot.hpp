// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_DOTPROD_DOT_HPP
#define PITH_SIMD_ARM_DOTPROD_DOT_HPP
/// The dot product of four u8 and four s8 in each 32-bit lane with the dot product instruction of ARMv8.2,
/// which has no mixed signs.

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../arm_neon/dot_words.hpp"
#include "../words.hpp"

// clang 14 knows no target regions for AArch64.
#if PITH_AARCH64 && !defined(__clang__)
PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod")
namespace pith::simd::arm_dotprod {

struct dot : arm_neon::byte_lanes {
    using weights = int8x16_t;
    using inputs = int8x16_t; ///< less 128

    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept { return vreinterpretq_s8_s32(w); }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept {
        return vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_s32(x), vdupq_n_u8(0x80)));
    }
    /// x w = (x - 128) w + 64 w + 64 w
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, inputs x, weights w) noexcept {
        const int8x16_t half = vdupq_n_s8(64);
        return vdotq_s32(vdotq_s32(vdotq_s32(acc, x, w), half, w), half, w);
    }

    static constexpr bool offset_inputs = true;
    using strip = int8x16_t; ///< sixteen inputs, less 128
    PITH_ALWAYS_INLINE static strip load_strip(const std::uint8_t* p) noexcept {
        return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80)));
    }
    /// acc + (x - 128) w
    template <int Lane>
    PITH_ALWAYS_INLINE static vec add_lane(vec acc, strip x, const group& g, int v) noexcept {
        return vdotq_laneq_s32(acc, g.of[v], x, Lane);
    }
    /// acc - 128 w
    PITH_ALWAYS_INLINE static vec take_offset(vec acc, const group& g, int v) noexcept {
        return vdotq_s32(acc, vdupq_n_s8(-128), g.of[v]);
    }
};

} // namespace pith::simd::arm_dotprod
PITH_TARGET_END
static_assert(pith::simd::checked_lane_dot<pith::simd::arm_dotprod::dot>::complete);
#endif

#endif
