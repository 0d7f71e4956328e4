// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX2_BITS_HPP
#define PITH_SIMD_X86_AVX2_BITS_HPP
/// Words of bits with AVX2: bits are counted by tables of nibbles (Mula, Kurz and Lemire, 2018).

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "../x86_intrinsics.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::simd::x86_avx2 {

struct bits {
    using vec = __m256i;
    static constexpr int lanes = 4;

    PITH_ALWAYS_INLINE static vec none() noexcept { return _mm256_setzero_si256(); }
    PITH_ALWAYS_INLINE static vec load(const std::uint8_t* p) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    }
    PITH_ALWAYS_INLINE static vec repeat(const std::uint8_t* p) noexcept {
        std::int64_t word;
        std::memcpy(&word, p, sizeof word);
        return _mm256_set1_epi64x(word);
    }
    PITH_ALWAYS_INLINE static vec add_differing(vec acc, vec x, vec w) noexcept {
        const vec table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, //
                                           0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
        const vec nibble = _mm256_set1_epi8(15);
        const vec v = _mm256_xor_si256(x, w);
        const vec low = _mm256_shuffle_epi8(table, _mm256_and_si256(v, nibble));
        const vec high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble));
        return _mm256_add_epi64(acc, _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256()));
    }
    PITH_ALWAYS_INLINE static void store(std::uint64_t* p, vec v) noexcept {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
    }
    PITH_ALWAYS_INLINE static std::uint64_t below(const std::uint8_t* p, std::uint8_t threshold) noexcept {
        const vec limit = _mm256_set1_epi8(static_cast<char>(threshold));
        std::uint64_t word = 0;
        for (int i = 0; i < 2; ++i) {
            const vec x = load(p + 32 * i);
            const vec at_least = _mm256_cmpeq_epi8(_mm256_max_epu8(x, limit), x);
            word |= std::uint64_t{~static_cast<std::uint32_t>(_mm256_movemask_epi8(at_least))} << (32 * i);
        }
        return word;
    }
};

} // namespace pith::simd::x86_avx2
PITH_TARGET_END
static_assert(pith::simd::checked_bits<pith::simd::x86_avx2::bits>::complete);
#endif

#endif
