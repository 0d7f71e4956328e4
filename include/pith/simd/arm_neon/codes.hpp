// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_NEON_CODES_HPP
#define PITH_SIMD_ARM_NEON_CODES_HPP
/// Words: uint8 codes, sixteen of them as bytes, or as integers or floats in four registers. So many at a
/// time because narrowing four registers at once costs less than each alone.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "reals.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::simd::arm_neon {

/// The first `n` of eight bytes. Without a call, for which all vectors would be saved.
PITH_ALWAYS_INLINE void store_first(std::uint8_t* p, std::size_t n, uint8x8_t v) noexcept {
    if (n >= 8) {
        vst1_u8(p, v);
        return;
    }
    std::uint64_t rest = vget_lane_u64(vreinterpret_u64_u8(v), 0);
    if ((n & 4) != 0) {
        std::memcpy(p, &rest, 4);
        rest >>= 32;
        p += 4;
    }
    if ((n & 2) != 0) {
        std::memcpy(p, &rest, 2);
        rest >>= 16;
        p += 2;
    }
    if ((n & 1) != 0)
        std::memcpy(p, &rest, 1);
}

/// Four registers as one vector.
template <class V>
struct four {
    V v[4];
};

/// f(a, b...) of the registers of four vectors each.
template <class F, class A, class... B>
PITH_ALWAYS_INLINE auto each(const F& f, const four<A>& a, const four<B>&... b) noexcept {
    return four<decltype(f(a.v[0], b.v[0]...))>{
        {f(a.v[0], b.v[0]...), f(a.v[1], b.v[1]...), f(a.v[2], b.v[2]...), f(a.v[3], b.v[3]...)}};
}

/// Sixteen floats.
struct wide_reals {
    using real = float;
    using vf = four<float32x4_t>;
    static constexpr std::uint32_t width = 16;
    static constexpr std::uint32_t registers = 8;

    PITH_ALWAYS_INLINE static vf zero() noexcept { return repeat(0.f); }
    PITH_ALWAYS_INLINE static vf repeat(float x) noexcept {
        const float32x4_t v = vdupq_n_f32(x);
        return {{v, v, v, v}};
    }
    PITH_ALWAYS_INLINE static vf load(const float* p) noexcept {
        return {{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}};
    }
    PITH_ALWAYS_INLINE static void store(float* p, const vf& v) noexcept {
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i)
            vst1q_f32(p + 4 * i, v.v[i]);
    }
    PITH_ALWAYS_INLINE static vf add(const vf& a, const vf& b) noexcept {
        return each(&reals::add, a, b);
    }
    PITH_ALWAYS_INLINE static vf sub(const vf& a, const vf& b) noexcept {
        return each(&reals::sub, a, b);
    }
    PITH_ALWAYS_INLINE static vf mul(const vf& a, const vf& b) noexcept {
        return each(&reals::mul, a, b);
    }
    PITH_ALWAYS_INLINE static vf div(const vf& a, const vf& b) noexcept {
        return each(&reals::div, a, b);
    }
    /// a * b + c, rounded once.
    PITH_ALWAYS_INLINE static vf fma(const vf& a, const vf& b, const vf& c) noexcept {
        return each(&reals::fma, a, b, c);
    }
    /// The second operand where either is NaN.
    PITH_ALWAYS_INLINE static vf max(const vf& a, const vf& b) noexcept {
        return each(&reals::max, a, b);
    }
    PITH_ALWAYS_INLINE static vf min(const vf& a, const vf& b) noexcept {
        return each(&reals::min, a, b);
    }
    /// v where `sign` is greater than zero, else zero.
    PITH_ALWAYS_INLINE static vf where_positive(const vf& sign, const vf& v) noexcept {
        return each(&reals::where_positive, sign, v);
    }

    /// The first `n` elements; the others are zero, and not touched. @pre n <= width
    PITH_ALWAYS_INLINE static vf load_part(const float* p, std::uint32_t n) noexcept {
        vf v = zero();
        for (int i = 0; i < 4 && n > 0; ++i, p += 4) {
            const std::uint32_t part = n < 4 ? n : 4;
            v.v[i] = reals::load_part(p, part);
            n -= part;
        }
        return v;
    }
    PITH_ALWAYS_INLINE static void store_part(float* p, const vf& v, std::uint32_t n) noexcept {
        for (int i = 0; i < 4 && n > 0; ++i, p += 4) {
            const std::uint32_t part = n < 4 ? n : 4;
            reals::store_part(p, v.v[i], part);
            n -= part;
        }
    }
};

struct codes {
    using vf = wide_reals::vf;
    using vi = four<int32x4_t>;
    using vb = uint8x16_t;
    static constexpr std::uint32_t bytes = 16;

    PITH_ALWAYS_INLINE static vi repeat_whole(std::int32_t x) noexcept {
        const int32x4_t v = vdupq_n_s32(x);
        return {{v, v, v, v}};
    }
    PITH_ALWAYS_INLINE static vi load_whole(const std::uint8_t* p) noexcept {
        const uint8x16_t b = vld1q_u8(p);
        const uint16x8_t low = vmovl_u8(vget_low_u8(b));
        const uint16x8_t high = vmovl_high_u8(b);
        return {{vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(low))),
                 vreinterpretq_s32_u32(vmovl_high_u16(low)),
                 vreinterpretq_s32_u32(vmovl_u16(vget_low_u16(high))),
                 vreinterpretq_s32_u32(vmovl_high_u16(high))}};
    }
    PITH_ALWAYS_INLINE static vi add_whole(const vi& a, const vi& b) noexcept {
        return each([](int32x4_t x, int32x4_t y) { return vaddq_s32(x, y); }, a, b);
    }
    PITH_ALWAYS_INLINE static vi sub_whole(const vi& a, const vi& b) noexcept {
        return each([](int32x4_t x, int32x4_t y) { return vsubq_s32(x, y); }, a, b);
    }
    PITH_ALWAYS_INLINE static vi mul_whole(const vi& a, const vi& b) noexcept {
        return each([](int32x4_t x, int32x4_t y) { return vmulq_s32(x, y); }, a, b);
    }
    PITH_ALWAYS_INLINE static vf to_real(const vi& a) noexcept {
        return each([](int32x4_t x) { return vcvtq_f32_s32(x); }, a);
    }
    /// Nearest, ties to even. @pre |a| < 2^31
    PITH_ALWAYS_INLINE static vi to_whole(const vf& a) noexcept {
        return each([](float32x4_t x) { return vcvtnq_s32_f32(x); }, a);
    }
    /// The same value; what follows is not fused with what made it.
    PITH_ALWAYS_INLINE static vf apart(vf a) noexcept {
        __asm__("" : "+w"(a.v[0]), "+w"(a.v[1]), "+w"(a.v[2]), "+w"(a.v[3]));
        return a;
    }
    /// The first `n` integers as codes. @pre each in [0, 255], n <= 16
    PITH_ALWAYS_INLINE static void store_codes(std::uint8_t* p, const vi& v, std::size_t n) noexcept {
        const int16x8_t low = vqmovn_high_s32(vqmovn_s32(v.v[0]), v.v[1]);
        const int16x8_t high = vqmovn_high_s32(vqmovn_s32(v.v[2]), v.v[3]);
        store_bytes(p, vqmovun_high_s16(vqmovun_s16(low), high), n);
    }

    PITH_ALWAYS_INLINE static vb load_bytes(const std::uint8_t* p) noexcept { return vld1q_u8(p); }
    PITH_ALWAYS_INLINE static vb max_bytes(vb a, vb b) noexcept { return vmaxq_u8(a, b); }
    PITH_ALWAYS_INLINE static vb min_bytes(vb a, vb b) noexcept { return vminq_u8(a, b); }
    PITH_ALWAYS_INLINE static vb repeat_byte(std::int32_t x) noexcept {
        return vdupq_n_u8(static_cast<std::uint8_t>(x));
    }
    /// @pre n <= bytes
    PITH_ALWAYS_INLINE static void store_bytes(std::uint8_t* p, vb v, std::size_t n) noexcept {
        if (n == bytes) {
            vst1q_u8(p, v);
            return;
        }
        store_first(p, n, vget_low_u8(v));
        if (n > 8)
            store_first(p + 8, n - 8, vget_high_u8(v));
    }
};

} // namespace pith::simd::arm_neon
static_assert(pith::simd::checked_reals<pith::simd::arm_neon::wide_reals>::complete);
static_assert(pith::simd::checked_codes<pith::simd::arm_neon::codes>::complete);
#endif

#endif
