// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_NEON_REALS_HPP
#define PITH_SIMD_ARM_NEON_REALS_HPP
/// Words: vectors of four floats.

#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::simd::arm_neon {

struct reals {
    using real = float;
    using vf = float32x4_t;
    static constexpr std::uint32_t width = 4;
    static constexpr std::uint32_t registers = 32;

    PITH_ALWAYS_INLINE static vf zero() noexcept { return vdupq_n_f32(0.f); }
    PITH_ALWAYS_INLINE static vf repeat(float x) noexcept { return vdupq_n_f32(x); }
    PITH_ALWAYS_INLINE static vf load(const float* p) noexcept { return vld1q_f32(p); }
    PITH_ALWAYS_INLINE static void store(float* p, vf v) noexcept { vst1q_f32(p, v); }
    PITH_ALWAYS_INLINE static vf add(vf a, vf b) noexcept { return vaddq_f32(a, b); }
    PITH_ALWAYS_INLINE static vf sub(vf a, vf b) noexcept { return vsubq_f32(a, b); }
    PITH_ALWAYS_INLINE static vf mul(vf a, vf b) noexcept { return vmulq_f32(a, b); }
    PITH_ALWAYS_INLINE static vf div(vf a, vf b) noexcept { return vdivq_f32(a, b); }
    /// a * b + c, rounded once.
    PITH_ALWAYS_INLINE static vf fma(vf a, vf b, vf c) noexcept { return vfmaq_f32(c, a, b); }
    /// Lane `Lane` of x times w, plus c, rounded once.
    template <int Lane>
    PITH_ALWAYS_INLINE static vf fma_lane(vf x, vf w, vf c) noexcept {
        return vfmaq_laneq_f32(c, w, x, Lane);
    }
    /// The second operand where either is NaN.
    PITH_ALWAYS_INLINE static vf max(vf a, vf b) noexcept { return vbslq_f32(vcgtq_f32(a, b), a, b); }
    PITH_ALWAYS_INLINE static vf min(vf a, vf b) noexcept { return vbslq_f32(vcltq_f32(a, b), a, b); }
    /// v where `sign` is greater than zero, else zero.
    PITH_ALWAYS_INLINE static vf where_positive(vf sign, vf v) noexcept {
        return vreinterpretq_f32_u32(vandq_u32(vcgtzq_f32(sign), vreinterpretq_u32_f32(v)));
    }

    /// The first `n` elements; the others are zero, and not touched. @pre n <= width
    PITH_ALWAYS_INLINE static vf load_part(const float* p, std::uint32_t n) noexcept {
        if (n == width)
            return load(p);
        vf v = zero();
        if (n >= 2)
            v = vcombine_f32(vld1_f32(p), vget_low_f32(v));
        if (n == 1)
            v = vld1q_lane_f32(p, v, 0);
        if (n == 3)
            v = vld1q_lane_f32(p + 2, v, 2);
        return v;
    }
    PITH_ALWAYS_INLINE static void store_part(float* p, vf v, std::uint32_t n) noexcept {
        if (n == width)
            return store(p, v);
        if (n >= 2)
            vst1_f32(p, vget_low_f32(v));
        if (n == 1)
            vst1q_lane_f32(p, v, 0);
        if (n == 3)
            vst1q_lane_f32(p + 2, v, 2);
    }
};

} // namespace pith::simd::arm_neon
static_assert(pith::simd::checked_reals<pith::simd::arm_neon::reals>::complete);
#endif

#endif
