// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX2_DOT_HPP
#define PITH_SIMD_X86_AVX2_DOT_HPP
/// Words: the dot product of four u8 and four s8 in each 32-bit lane, exact with AVX2: bytes are widened to
/// 16 bits before they are multiplied, since the 8-bit multiply-add saturates.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "dot_words.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::simd::x86_avx2 {

struct dot : dot_words {
    /// The even and the odd bytes, widened.
    struct halves {
        __m256i even, odd;
    };
    using weights = halves;
    using inputs = halves;
    static constexpr int wanted_chains = 4; ///< independent sums that hide the latency
    static constexpr int most_chains = 8;   ///< sums that fit in registers
    static constexpr int unroll = 1;

    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept {
        return {_mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), _mm256_srai_epi16(w, 8)};
    }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept {
        return {_mm256_and_si256(x, _mm256_set1_epi16(0xFF)), _mm256_srli_epi16(x, 8)};
    }
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, const inputs& x, const weights& w) noexcept {
        const __m256i even = _mm256_madd_epi16(x.even, w.even);
        const __m256i odd = _mm256_madd_epi16(x.odd, w.odd);
        return _mm256_add_epi32(acc, _mm256_add_epi32(even, odd));
    }
};

/// As dot for weights of at most 64: two products of bytes fit in 16 bits.
struct dot_small : dot {
    using weights = vec;
    using inputs = vec;
    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept { return w; }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept { return x; }
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, inputs x, weights w) noexcept {
        return add(acc, _mm256_madd_epi16(_mm256_maddubs_epi16(x, w), _mm256_set1_epi16(1)));
    }
};

/// As dot for operands widened beforehand: the dot product of two u8 and two s8, each held in 16 bits.
struct dot_widened : dot_words {
    using weights = __m256i;
    using inputs = __m256i;
    static constexpr int wanted_chains = 1;
    static constexpr int most_chains = 12;
    static constexpr int unroll = 2;

    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept { return w; }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept { return x; }
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, inputs x, weights w) noexcept {
        acc = add(acc, _mm256_madd_epi16(x, w));
        __asm__("" : "+x"(acc)); // else g++ adds products of several steps first, and runs out of registers
        return acc;
    }

    /// Four inputs of `lanes` / 2 outputs.
    PITH_ALWAYS_INLINE static weights load_bytes(const std::int8_t* p) noexcept {
        return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    }
    /// The same four widened inputs for each output.
    PITH_ALWAYS_INLINE static inputs broadcast_four(const std::uint8_t* p) noexcept {
        std::int64_t four;
        std::memcpy(&four, p, sizeof four);
        return _mm256_set1_epi64x(four);
    }
    /// The sums of neighbours, in their order.
    PITH_ALWAYS_INLINE static vec add_neighbours(vec a, vec b) noexcept {
        return _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b), 0xD8);
    }

    static constexpr std::size_t step = 16; ///< codes that widen_inputs reads and writes at a time
    /// Codes to 16 bits, up to `step` - 1 more than `count`.
    PITH_ALWAYS_INLINE static void widen_inputs(const std::uint8_t* from, std::size_t count,
                                                std::int16_t* to) noexcept {
        for (std::size_t i = 0; i < count; i += step)
            store(to + i, _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
    }
    /// Weights of 16 outputs and four inputs to [2 pairs of inputs][16][2].
    PITH_ALWAYS_INLINE static void widen_weights(const std::int8_t* from, std::int16_t* to) noexcept {
        // A byte in the upper half of its 16 bits is shifted down with its sign.
        const vec first = _mm256_broadcastsi128_si256(
            _mm_setr_epi8(-1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13));
        const vec second = _mm256_broadcastsi128_si256(
            _mm_setr_epi8(-1, 2, -1, 3, -1, 6, -1, 7, -1, 10, -1, 11, -1, 14, -1, 15));
        for (int half = 0; half < 2; ++half) {
            const vec w = load(from + 32 * half);
            store(to + 16 * half, _mm256_srai_epi16(_mm256_shuffle_epi8(w, first), 8));
            store(to + 32 + 16 * half, _mm256_srai_epi16(_mm256_shuffle_epi8(w, second), 8));
        }
    }
};

} // namespace pith::simd::x86_avx2
PITH_TARGET_END
static_assert(pith::simd::checked_dot<pith::simd::x86_avx2::dot>::complete);
static_assert(pith::simd::checked_dot<pith::simd::x86_avx2::dot_small>::complete);
static_assert(pith::simd::checked_widened_dot<pith::simd::x86_avx2::dot_widened>::complete);
#endif

#endif
