// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX2_CODES_HPP
#define PITH_SIMD_X86_AVX2_CODES_HPP
/// Words: uint8 codes, eight of them as integers or floats, or 32 as bytes.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "reals.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace pith::simd::x86_avx2 {

struct codes {
    using vf = reals::vf;
    using vi = __m256i; ///< int32
    using vb = __m256i; ///< bytes
    static constexpr std::uint32_t bytes = 32;

    PITH_ALWAYS_INLINE static vi repeat_whole(std::int32_t x) noexcept { return _mm256_set1_epi32(x); }
    PITH_ALWAYS_INLINE static vi load_whole(const std::uint8_t* p) noexcept {
        return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
    }
    /// int8 weights.
    PITH_ALWAYS_INLINE static vi load_small(const std::int8_t* p) noexcept {
        return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
    }
    /// int32 sums. @pre aligned to a vector
    PITH_ALWAYS_INLINE static vi load_sums(const std::int32_t* p) noexcept {
        return _mm256_load_si256(reinterpret_cast<const vi*>(p));
    }
    PITH_ALWAYS_INLINE static void store_sums(std::int32_t* p, vi v) noexcept {
        _mm256_store_si256(reinterpret_cast<vi*>(p), v);
    }
    PITH_ALWAYS_INLINE static vi add_whole(vi a, vi b) noexcept { return _mm256_add_epi32(a, b); }
    PITH_ALWAYS_INLINE static vi sub_whole(vi a, vi b) noexcept { return _mm256_sub_epi32(a, b); }
    PITH_ALWAYS_INLINE static vi mul_whole(vi a, vi b) noexcept { return _mm256_mullo_epi32(a, b); }
    PITH_ALWAYS_INLINE static vf to_real(vi a) noexcept { return _mm256_cvtepi32_ps(a); }
    /// Nearest, ties to even. @pre |a| < 2^31
    PITH_ALWAYS_INLINE static vi to_whole(vf a) noexcept { return _mm256_cvtps_epi32(a); }
    /// The same value; what follows is not fused with what made it.
    PITH_ALWAYS_INLINE static vf apart(vf a) noexcept {
        __asm__("" : "+x"(a));
        return a;
    }
    /// |v| < limit everywhere; NaN is not.
    PITH_ALWAYS_INLINE static bool all_below(vf v, float limit) noexcept {
        const vf size = _mm256_andnot_ps(_mm256_set1_ps(-0.f), v);
        return _mm256_movemask_ps(_mm256_cmp_ps(size, _mm256_set1_ps(limit), _CMP_LT_OQ)) == 0xFF;
    }
    /// The first `n` integers as codes. @pre each in [0, 255], n <= 8
    PITH_ALWAYS_INLINE static void store_codes(std::uint8_t* p, vi v, std::size_t n) noexcept {
        const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
        const __m128i packed = _mm_packus_epi16(words, words);
        if (n == 8) {
            _mm_storel_epi64(reinterpret_cast<__m128i*>(p), packed);
            return;
        }
        alignas(16) std::uint8_t all[16];
        _mm_store_si128(reinterpret_cast<__m128i*>(all), packed);
        std::memcpy(p, all, n);
    }

    PITH_ALWAYS_INLINE static vb load_bytes(const std::uint8_t* p) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    }
    PITH_ALWAYS_INLINE static vb max_bytes(vb a, vb b) noexcept { return _mm256_max_epu8(a, b); }
    PITH_ALWAYS_INLINE static vb min_bytes(vb a, vb b) noexcept { return _mm256_min_epu8(a, b); }
    PITH_ALWAYS_INLINE static vb repeat_byte(std::int32_t x) noexcept {
        return _mm256_set1_epi8(static_cast<char>(x));
    }
    PITH_ALWAYS_INLINE static vb repeat_short(std::int32_t x) noexcept {
        return _mm256_set1_epi16(static_cast<short>(x));
    }
    /// int32 plus the int16 of `shift` to codes, saturating; each 128-bit lane holds the codes of its lane of
    /// the four.
    PITH_ALWAYS_INLINE static vb narrow_lanes(const vi (&v)[4], vb shift) noexcept {
        const vb ab = _mm256_adds_epi16(_mm256_packs_epi32(v[0], v[1]), shift);
        const vb cd = _mm256_adds_epi16(_mm256_packs_epi32(v[2], v[3]), shift);
        return _mm256_packus_epi16(ab, cd);
    }
    /// @pre n <= bytes
    PITH_ALWAYS_INLINE static void store_bytes(std::uint8_t* p, vb v, std::size_t n) noexcept {
        if (n == bytes) {
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
            return;
        }
        alignas(32) std::uint8_t all[bytes];
        _mm256_store_si256(reinterpret_cast<__m256i*>(all), v);
        std::memcpy(p, all, n);
    }
};

} // namespace pith::simd::x86_avx2
PITH_TARGET_END
static_assert(pith::simd::checked_packed_codes<pith::simd::x86_avx2::codes>::complete);
#endif

#endif
