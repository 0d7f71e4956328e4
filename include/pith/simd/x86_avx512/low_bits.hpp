// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX512_LOW_BITS_HPP
#define PITH_SIMD_X86_AVX512_LOW_BITS_HPP
/// The planes of low-bit weights (format/low_bit.hpp) as bytes, with AVX-512.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"

#if PITH_X86
#include "../x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::simd::x86_avx512 {

struct planes {
    using vec = __m512i;
    using choice = __mmask64;
    static constexpr int parts = 1; ///< vectors in a group

    PITH_ALWAYS_INLINE static void store(std::int8_t* p, vec v) noexcept { _mm512_storeu_si512(p, v); }
    /// The same code in every byte.
    PITH_ALWAYS_INLINE static vec fill(std::int8_t code) noexcept { return _mm512_set1_epi8(code); }
    /// 16 codes for `pick`.
    PITH_ALWAYS_INLINE static vec table(const std::int8_t* codes) noexcept {
        return four_times(reinterpret_cast<const std::uint8_t*>(codes));
    }
    /// Codes of indices below 16.
    PITH_ALWAYS_INLINE static vec pick(vec table, vec index) noexcept {
        return _mm512_shuffle_epi8(table, index);
    }
    PITH_ALWAYS_INLINE static vec pick_where(choice c, vec otherwise, vec table, vec index) noexcept {
        return _mm512_mask_shuffle_epi8(otherwise, c, table, index);
    }
    PITH_ALWAYS_INLINE static vec choose(choice c, vec set, vec clear) noexcept {
        return _mm512_mask_blend_epi8(c, clear, set);
    }
    /// Whether bit `k` of each byte is set; the byte is below 4.
    PITH_ALWAYS_INLINE static choice bit(vec v, int k) noexcept {
        return _mm512_test_epi8_mask(v, _mm512_set1_epi8(static_cast<char>(1 << k)));
    }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return _mm512_add_epi8(a, b); }
    PITH_ALWAYS_INLINE static vec add_where(choice c, vec a, vec b) noexcept {
        return _mm512_mask_add_epi8(a, c, a, b);
    }
    /// Bytes below 16, times 16.
    PITH_ALWAYS_INLINE static vec times_16(vec v) noexcept { return _mm512_slli_epi16(v, 4); }
    /// Adds inputs, as many as there are bytes, to the lanes of `sums`.
    PITH_ALWAYS_INLINE static vec add_bytes(vec sums, const std::uint8_t* x) noexcept {
        return _mm512_add_epi64(sums, _mm512_sad_epu8(_mm512_loadu_si512(x), _mm512_setzero_si512()));
    }

    /// Planes with other bits above each index.
    PITH_ALWAYS_INLINE static vec loose_nibbles(const std::uint8_t* plane) noexcept {
        const vec both = _mm512_broadcast_i64x4(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(plane)));
        return _mm512_srlv_epi64(both, _mm512_setr_epi64(0, 0, 0, 0, 4, 4, 4, 4));
    }
    PITH_ALWAYS_INLINE static vec four_times(const std::uint8_t* plane) noexcept {
        return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(plane)));
    }
    PITH_ALWAYS_INLINE static vec loose_pairs(const std::uint8_t* plane) noexcept {
        return _mm512_srlv_epi64(four_times(plane), _mm512_setr_epi64(0, 0, 2, 2, 4, 4, 6, 6));
    }
    PITH_ALWAYS_INLINE static vec nibbles(const std::uint8_t* plane, int) noexcept {
        return _mm512_and_si512(loose_nibbles(plane), _mm512_set1_epi8(15));
    }
    PITH_ALWAYS_INLINE static vec pairs(const std::uint8_t* plane, int) noexcept {
        return _mm512_and_si512(loose_pairs(plane), _mm512_set1_epi8(3));
    }
    PITH_ALWAYS_INLINE static choice singles(const std::uint8_t* plane, int) noexcept {
        std::uint64_t bits;
        std::memcpy(&bits, plane, sizeof bits);
        return bits;
    }
};

} // namespace pith::simd::x86_avx512
PITH_TARGET_END
static_assert(pith::simd::checked_low_bits<pith::simd::x86_avx512::planes>::complete);
#endif

#endif
