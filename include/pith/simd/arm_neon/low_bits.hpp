// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_NEON_LOW_BITS_HPP
#define PITH_SIMD_ARM_NEON_LOW_BITS_HPP
/// The planes of low-bit weights (format/low_bit.hpp) as bytes, with NEON.

#include <cstddef>
#include <cstdint>

#include "../../base/config.hpp"
#include "../words.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::simd::arm_neon {

struct planes {
    using vec = int32x4_t;
    using choice = uint8x16_t;      ///< whole bytes
    static constexpr int parts = 4; ///< vectors in a group

    PITH_ALWAYS_INLINE static void store(std::int8_t* p, vec v) noexcept {
        vst1q_s8(p, vreinterpretq_s8_s32(v));
    }
    /// The same code in every byte.
    PITH_ALWAYS_INLINE static vec fill(std::int8_t code) noexcept {
        return vreinterpretq_s32_s8(vdupq_n_s8(code));
    }
    /// 16 codes for `pick`.
    PITH_ALWAYS_INLINE static vec table(const std::int8_t* codes) noexcept {
        return vreinterpretq_s32_s8(vld1q_s8(codes));
    }
    /// Codes of indices below 16.
    PITH_ALWAYS_INLINE static vec pick(vec table, vec index) noexcept {
        return vreinterpretq_s32_s8(vqtbl1q_s8(vreinterpretq_s8_s32(table), bytes(index)));
    }
    PITH_ALWAYS_INLINE static vec pick_where(choice c, vec otherwise, vec table, vec index) noexcept {
        return choose(c, pick(table, index), otherwise);
    }
    PITH_ALWAYS_INLINE static vec choose(choice c, vec set, vec clear) noexcept {
        return whole(vbslq_u8(c, bytes(set), bytes(clear)));
    }
    /// Whether bit `k` of each byte is set; the byte is below 4.
    PITH_ALWAYS_INLINE static choice bit(vec v, int k) noexcept {
        return vtstq_u8(bytes(v), vdupq_n_u8(static_cast<std::uint8_t>(1 << k)));
    }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return whole(vaddq_u8(bytes(a), bytes(b))); }
    PITH_ALWAYS_INLINE static vec add_where(choice c, vec a, vec b) noexcept {
        return whole(vaddq_u8(bytes(a), vandq_u8(c, bytes(b))));
    }
    /// Bytes below 16, times 16.
    PITH_ALWAYS_INLINE static vec times_16(vec v) noexcept { return whole(vshlq_n_u8(bytes(v), 4)); }
    /// Adds inputs, as many as there are bytes, to the lanes of `sums`.
    PITH_ALWAYS_INLINE static vec add_bytes(vec sums, const std::uint8_t* x) noexcept {
        return vreinterpretq_s32_u32(vpadalq_u16(vreinterpretq_u32_s32(sums), vpaddlq_u8(vld1q_u8(x))));
    }

    PITH_ALWAYS_INLINE static vec nibbles(const std::uint8_t* plane, int part) noexcept {
        return shifted(plane + 16 * (part % 2), 4 * (part / 2), 15);
    }
    PITH_ALWAYS_INLINE static vec pairs(const std::uint8_t* plane, int part) noexcept {
        return shifted(plane, 2 * part, 3);
    }
    PITH_ALWAYS_INLINE static choice singles(const std::uint8_t* plane, int part) noexcept {
        const uint8x16_t spread = vcombine_u8(vdup_n_u8(plane[2 * part]), vdup_n_u8(plane[2 * part + 1]));
        return vtstq_u8(spread, vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201u)));
    }

private:
    PITH_ALWAYS_INLINE static uint8x16_t bytes(vec v) noexcept { return vreinterpretq_u8_s32(v); }
    PITH_ALWAYS_INLINE static vec whole(uint8x16_t v) noexcept { return vreinterpretq_s32_u8(v); }
    PITH_ALWAYS_INLINE static vec shifted(const std::uint8_t* p, int right, std::uint8_t mask) noexcept {
        const int8x16_t by = vdupq_n_s8(static_cast<std::int8_t>(-right));
        return whole(vandq_u8(vshlq_u8(vld1q_u8(p), by), vdupq_n_u8(mask)));
    }
};

} // namespace pith::simd::arm_neon
static_assert(pith::simd::checked_low_bits<pith::simd::arm_neon::planes>::complete);
#endif

#endif
