// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_I8MM_DOT_HPP
#define PITH_SIMD_ARM_I8MM_DOT_HPP
/// The dot product of four u8 and four s8 in each 32-bit lane with the mixed-sign dot product of ARMv8.6.

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../arm_neon/dot_words.hpp"
#include "../words.hpp"

// clang 14 knows no target regions for AArch64.
#if PITH_AARCH64 && !defined(__clang__)
PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod+i8mm")
namespace pith::simd::arm_i8mm {

struct dot : arm_neon::byte_lanes {
    using weights = int8x16_t;
    using inputs = uint8x16_t;

    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept { return vreinterpretq_s8_s32(w); }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept { return vreinterpretq_u8_s32(x); }
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, inputs x, weights w) noexcept {
        return vusdotq_s32(acc, x, w);
    }

    using strip = uint8x16_t; ///< sixteen inputs
    PITH_ALWAYS_INLINE static strip load_strip(const std::uint8_t* p) noexcept { return vld1q_u8(p); }
    template <int Lane>
    PITH_ALWAYS_INLINE static vec add_lane(vec acc, strip x, const group& g, int v) noexcept {
        return vsudotq_laneq_s32(acc, g.of[v], x, Lane);
    }
};

} // namespace pith::simd::arm_i8mm
PITH_TARGET_END
static_assert(pith::simd::checked_lane_dot<pith::simd::arm_i8mm::dot>::complete);
#endif

#endif
