// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX2_DOT_WORDS_HPP
#define PITH_SIMD_X86_AVX2_DOT_WORDS_HPP
/// What the dot products of all instruction sets with 8 lanes of 32 bits have in common.

#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"

#if PITH_X86
#include "../x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::simd::x86_avx2 {

struct dot_words {
    using vec = __m256i;
    static constexpr int lanes = 8;

    PITH_ALWAYS_INLINE static vec none() noexcept { return _mm256_setzero_si256(); }
    PITH_ALWAYS_INLINE static vec load(const void* p) noexcept {
        return _mm256_loadu_si256(static_cast<const __m256i*>(p));
    }
    PITH_ALWAYS_INLINE static void store(void* p, vec v) noexcept {
        _mm256_storeu_si256(static_cast<__m256i*>(p), v);
    }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return _mm256_add_epi32(a, b); }
    /// The same four bytes in every lane.
    PITH_ALWAYS_INLINE static vec broadcast(const std::uint8_t* p) noexcept {
        std::int32_t four;
        std::memcpy(&four, p, sizeof four);
        return _mm256_set1_epi32(four);
    }
    /// Twice four lanes, one after the other.
    PITH_ALWAYS_INLINE static vec join(const __m128i (&parts)[2]) noexcept {
        return _mm256_inserti128_si256(_mm256_castsi128_si256(parts[0]), parts[1], 1);
    }
    /// Bytes of four taps to four vectors of dot-product operands: lane by lane, four channels each.
    PITH_ALWAYS_INLINE static void zip(const vec (&taps)[4], vec (&out)[4]) noexcept {
        const vec low01 = _mm256_unpacklo_epi8(taps[0], taps[1]);
        const vec high01 = _mm256_unpackhi_epi8(taps[0], taps[1]);
        const vec low23 = _mm256_unpacklo_epi8(taps[2], taps[3]);
        const vec high23 = _mm256_unpackhi_epi8(taps[2], taps[3]);
        out[0] = _mm256_unpacklo_epi16(low01, low23);
        out[1] = _mm256_unpackhi_epi16(low01, low23);
        out[2] = _mm256_unpacklo_epi16(high01, high23);
        out[3] = _mm256_unpackhi_epi16(high01, high23);
    }
};

} // namespace pith::simd::x86_avx2
PITH_TARGET_END
#endif

#endif
