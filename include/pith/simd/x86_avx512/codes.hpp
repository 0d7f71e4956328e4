// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX512_CODES_HPP
#define PITH_SIMD_X86_AVX512_CODES_HPP
/// Words: uint8 codes, sixteen of them as integers or floats, or 64 as bytes.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "reals.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::simd::x86_avx512 {

struct codes {
    using vf = reals::vf;
    using vi = __m512i; ///< int32
    using vb = __m512i; ///< bytes
    static constexpr std::uint32_t bytes = 64;

    PITH_ALWAYS_INLINE static vi repeat_whole(std::int32_t x) noexcept { return _mm512_set1_epi32(x); }
    PITH_ALWAYS_INLINE static vi load_whole(const std::uint8_t* p) noexcept {
        return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    }
    /// int8 weights.
    PITH_ALWAYS_INLINE static vi load_small(const std::int8_t* p) noexcept {
        return _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    }
    /// int32 sums. @pre aligned to a vector
    PITH_ALWAYS_INLINE static vi load_sums(const std::int32_t* p) noexcept { return _mm512_load_si512(p); }
    PITH_ALWAYS_INLINE static void store_sums(std::int32_t* p, vi v) noexcept { _mm512_store_si512(p, v); }
    PITH_ALWAYS_INLINE static vi add_whole(vi a, vi b) noexcept { return _mm512_add_epi32(a, b); }
    PITH_ALWAYS_INLINE static vi sub_whole(vi a, vi b) noexcept { return _mm512_sub_epi32(a, b); }
    PITH_ALWAYS_INLINE static vi mul_whole(vi a, vi b) noexcept { return _mm512_mullo_epi32(a, b); }
    PITH_ALWAYS_INLINE static vf to_real(vi a) noexcept { return _mm512_cvtepi32_ps(a); }
    /// Nearest, ties to even. @pre |a| < 2^31
    PITH_ALWAYS_INLINE static vi to_whole(vf a) noexcept { return _mm512_cvtps_epi32(a); }
    /// The same value; what follows is not fused with what made it.
    PITH_ALWAYS_INLINE static vf apart(vf a) noexcept {
        __asm__("" : "+v"(a));
        return a;
    }
    /// |v| < limit everywhere; NaN is not.
    PITH_ALWAYS_INLINE static bool all_below(vf v, float limit) noexcept {
        return _mm512_cmp_ps_mask(_mm512_abs_ps(v), _mm512_set1_ps(limit), _CMP_LT_OQ) == 0xFFFF;
    }
    /// The first `n` integers as codes. @pre each in [0, 255], n <= 16
    PITH_ALWAYS_INLINE static void store_codes(std::uint8_t* p, vi v, std::size_t n) noexcept {
        const __m128i packed = _mm512_cvtepi32_epi8(v);
        if (n == 16)
            _mm_storeu_si128(reinterpret_cast<__m128i*>(p), packed);
        else
            simd::store_bytes(p, static_cast<__mmask16>((1u << n) - 1u), packed);
    }

    PITH_ALWAYS_INLINE static vb load_bytes(const std::uint8_t* p) noexcept { return _mm512_loadu_si512(p); }
    PITH_ALWAYS_INLINE static vb max_bytes(vb a, vb b) noexcept { return _mm512_max_epu8(a, b); }
    PITH_ALWAYS_INLINE static vb min_bytes(vb a, vb b) noexcept { return _mm512_min_epu8(a, b); }
    PITH_ALWAYS_INLINE static vb repeat_byte(std::int32_t x) noexcept {
        return _mm512_set1_epi8(static_cast<char>(x));
    }
    PITH_ALWAYS_INLINE static vb repeat_short(std::int32_t x) noexcept {
        return _mm512_set1_epi16(static_cast<short>(x));
    }
    /// int32 plus the int16 of `shift` to codes, saturating; each 128-bit lane holds the codes of its lane of
    /// the four.
    PITH_ALWAYS_INLINE static vb narrow_lanes(const vi (&v)[4], vb shift) noexcept {
        const vb ab = _mm512_adds_epi16(_mm512_packs_epi32(v[0], v[1]), shift);
        const vb cd = _mm512_adds_epi16(_mm512_packs_epi32(v[2], v[3]), shift);
        return _mm512_packus_epi16(ab, cd);
    }
    /// @pre n <= bytes
    PITH_ALWAYS_INLINE static void store_bytes(std::uint8_t* p, vb v, std::size_t n) noexcept {
        if (n == bytes)
            _mm512_storeu_si512(p, v);
        else
            _mm512_mask_storeu_epi8(p, (std::uint64_t{1} << n) - 1u, v);
    }
};

} // namespace pith::simd::x86_avx512
PITH_TARGET_END
static_assert(pith::simd::checked_packed_codes<pith::simd::x86_avx512::codes>::complete);
#endif

#endif
