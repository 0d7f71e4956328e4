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

    using strip = int16x8_t; ///< eight inputs, widened
    static constexpr int strip_groups = 2;
    /// The weights of 16 outputs for each of four inputs, widened.
    struct group {
        int16x8_t of[4][2];
    };
    PITH_ALWAYS_INLINE static strip load_strip(const std::uint8_t* p) noexcept {
        return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(p)));
    }
    PITH_ALWAYS_INLINE static group load_group(const std::int8_t* p) noexcept {
        const int8x16x4_t w = vld4q_s8(p);
        group g;
#pragma GCC unroll 4
        for (int k = 0; k < 4; ++k) {
            g.of[k][0] = vmovl_s8(vget_low_s8(w.val[k]));
            g.of[k][1] = vmovl_high_s8(w.val[k]);
        }
        return g;
    }
    /// acc + inputs 4 Lane to 4 Lane + 3 times the weights of outputs 4 v to 4 v + 3
    template <int Lane>
    PITH_ALWAYS_INLINE static vec add_lane(vec acc, strip x, const group& g, int v) noexcept {
        const int half = v / 2;
        if (v % 2 == 0) {
            acc = vmlal_laneq_s16(acc, vget_low_s16(g.of[0][half]), x, 4 * Lane);
            acc = vmlal_laneq_s16(acc, vget_low_s16(g.of[1][half]), x, 4 * Lane + 1);
            acc = vmlal_laneq_s16(acc, vget_low_s16(g.of[2][half]), x, 4 * Lane + 2);
            return vmlal_laneq_s16(acc, vget_low_s16(g.of[3][half]), x, 4 * Lane + 3);
        }
        acc = vmlal_high_laneq_s16(acc, g.of[0][half], x, 4 * Lane);
        acc = vmlal_high_laneq_s16(acc, g.of[1][half], x, 4 * Lane + 1);
        acc = vmlal_high_laneq_s16(acc, g.of[2][half], x, 4 * Lane + 2);
        return vmlal_high_laneq_s16(acc, g.of[3][half], x, 4 * Lane + 3);
    }
};

} // namespace pith::simd::arm_neon
static_assert(pith::simd::checked_lane_dot<pith::simd::arm_neon::dot>::complete);
#endif

#endif
