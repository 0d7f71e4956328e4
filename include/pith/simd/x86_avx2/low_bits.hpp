// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX2_LOW_BITS_HPP
#define PITH_SIMD_X86_AVX2_LOW_BITS_HPP
/// The planes of low-bit weights (format/low_bit.hpp) as bytes, with AVX2.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"

#if PITH_X86
#include "../x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::simd::x86_avx2 {

struct planes {
    using vec = __m256i;
    using choice = __m256i;         ///< by the highest bit of each byte
    static constexpr int parts = 2; ///< vectors in a group

    PITH_ALWAYS_INLINE static void store(std::int8_t* p, vec v) noexcept {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
    }
    /// The same code in every byte.
    PITH_ALWAYS_INLINE static vec fill(std::int8_t code) noexcept { return _mm256_set1_epi8(code); }
    /// 16 codes for `pick`.
    PITH_ALWAYS_INLINE static vec table(const std::int8_t* codes) noexcept {
        return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes)));
    }
    /// Codes of indices below 16.
    PITH_ALWAYS_INLINE static vec pick(vec table, vec index) noexcept {
        return _mm256_shuffle_epi8(table, index);
    }
    PITH_ALWAYS_INLINE static vec choose(choice c, vec set, vec clear) noexcept {
        return _mm256_blendv_epi8(clear, set, c);
    }
    PITH_ALWAYS_INLINE static vec pick_where(choice c, vec otherwise, vec table, vec index) noexcept {
        return choose(c, pick(table, index), otherwise);
    }
    /// Whether bit `k` of each byte is set; the byte is below 4.
    PITH_ALWAYS_INLINE static choice bit(vec v, int k) noexcept { return _mm256_slli_epi16(v, 7 - k); }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return _mm256_add_epi8(a, b); }
    /// @pre c is of `singles`
    PITH_ALWAYS_INLINE static vec add_where(choice c, vec a, vec b) noexcept {
        return _mm256_add_epi8(a, _mm256_and_si256(c, b));
    }
    /// Bytes below 16, times 16.
    PITH_ALWAYS_INLINE static vec times_16(vec v) noexcept { return _mm256_slli_epi16(v, 4); }
    /// Adds inputs, as many as there are bytes, to the lanes of `sums`.
    PITH_ALWAYS_INLINE static vec add_bytes(vec sums, const std::uint8_t* x) noexcept {
        return _mm256_add_epi64(sums, _mm256_sad_epu8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x)),
                                                      _mm256_setzero_si256()));
    }

    PITH_ALWAYS_INLINE static vec nibbles(const std::uint8_t* plane, int part) noexcept {
        const vec both = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(plane));
        return _mm256_and_si256(part == 0 ? both : _mm256_srli_epi16(both, 4), _mm256_set1_epi8(15));
    }
    PITH_ALWAYS_INLINE static vec pairs(const std::uint8_t* plane, int part) noexcept {
        const vec four = table(reinterpret_cast<const std::int8_t*>(plane));
        const vec shift = part == 0 ? _mm256_setr_epi64x(0, 0, 2, 2) : _mm256_setr_epi64x(4, 4, 6, 6);
        return _mm256_and_si256(_mm256_srlv_epi64(four, shift), _mm256_set1_epi8(3));
    }
    PITH_ALWAYS_INLINE static choice singles(const std::uint8_t* plane, int part) noexcept {
        std::int32_t bits;
        std::memcpy(&bits, plane + 4 * part, sizeof bits);
        const vec spread = _mm256_shuffle_epi8(
            _mm256_set1_epi32(bits),
            _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303));
        const vec each = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201));
        return _mm256_cmpeq_epi8(_mm256_and_si256(spread, each), each);
    }
};

} // namespace pith::simd::x86_avx2
PITH_TARGET_END
static_assert(pith::simd::checked_low_bits<pith::simd::x86_avx2::planes>::complete);
#endif

#endif
