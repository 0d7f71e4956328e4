// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_ARM_NEON_DOT_WORDS_HPP
#define PITH_SIMD_ARM_NEON_DOT_WORDS_HPP
/// What the dot products of all AArch64 processors have in common.

#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"

#if PITH_AARCH64
#include <arm_neon.h>

namespace pith::simd::arm_neon {

struct dot_words {
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
    PITH_ALWAYS_INLINE static vec sub(vec a, vec b) noexcept { return vsubq_s32(a, b); }
    /// The same four bytes in every lane.
    PITH_ALWAYS_INLINE static vec broadcast(const std::uint8_t* p) noexcept {
        std::int32_t four;
        std::memcpy(&four, p, sizeof four);
        return vdupq_n_s32(four);
    }

    static constexpr bool offset_inputs = false; ///< lanes hold inputs as they are
    template <class Group>
    PITH_ALWAYS_INLINE static vec take_offset(vec acc, const Group&, int) noexcept {
        return acc;
    }
};

/// Strips and groups as they lie in memory, of instructions that multiply bytes.
struct byte_lanes : dot_words {
    static constexpr int strip_groups = 4;
    /// The weights of 16 outputs for four inputs, four outputs in a vector.
    struct group {
        int8x16_t of[4];
    };
    PITH_ALWAYS_INLINE static group load_group(const std::int8_t* p) noexcept {
        return {{vld1q_s8(p), vld1q_s8(p + 16), vld1q_s8(p + 32), vld1q_s8(p + 48)}};
    }
};

} // namespace pith::simd::arm_neon
#endif

#endif
