// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_NEON_BITS_HPP
#define PITH_SIMD_ARM_NEON_BITS_HPP
/// Words of bits with NEON.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::simd::arm_neon {

struct bits {
    using vec = uint64x2_t;
    static constexpr int lanes = 2;

    PITH_ALWAYS_INLINE static vec none() noexcept { return vdupq_n_u64(0); }
    PITH_ALWAYS_INLINE static vec load(const std::uint8_t* p) noexcept {
        return vreinterpretq_u64_u8(vld1q_u8(p));
    }
    PITH_ALWAYS_INLINE static vec repeat(const std::uint8_t* p) noexcept {
        std::uint64_t word;
        std::memcpy(&word, p, sizeof word);
        return vdupq_n_u64(word);
    }
    PITH_ALWAYS_INLINE static vec add_differing(vec acc, vec x, vec w) noexcept {
        const uint8x16_t counts = vcntq_u8(vreinterpretq_u8_u64(veorq_u64(x, w)));
        return vpadalq_u32(acc, vpaddlq_u16(vpaddlq_u8(counts)));
    }
    PITH_ALWAYS_INLINE static void store(std::uint64_t* p, vec v) noexcept { vst1q_u64(p, v); }
    PITH_ALWAYS_INLINE static std::uint64_t below(const std::uint8_t* p, std::uint8_t threshold) noexcept {
        const uint8x16_t limit = vdupq_n_u8(threshold);
        const uint8x16_t place = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
        uint8x16_t part[4];
        for (int i = 0; i < 4; ++i)
            part[i] = vandq_u8(vcltq_u8(vld1q_u8(p + 16 * i), limit), place);
        const uint8x16_t pairs = vpaddq_u8(vpaddq_u8(part[0], part[1]), vpaddq_u8(part[2], part[3]));
        return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(pairs, pairs)), 0);
    }
};

} // namespace pith::simd::arm_neon
static_assert(pith::simd::checked_bits<pith::simd::arm_neon::bits>::complete);
#endif

#endif
