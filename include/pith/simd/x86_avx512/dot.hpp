// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX512_DOT_HPP
#define PITH_SIMD_X86_AVX512_DOT_HPP
/// Words: dot products of 16-bit operands with AVX-512, for processors without VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "dot_words.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::simd::x86_avx512 {

/// The dot product of two u8 and two s8 in each 32-bit lane, each held in 16 bits.
struct dot_widened : dot_words {
    using weights = __m512i;
    using inputs = __m512i;
    static constexpr int wanted_chains = 2; ///< independent sums that hide the latency
    static constexpr int most_chains = 24;  ///< sums that fit in registers
    static constexpr int unroll = 2;

    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept { return w; }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept { return x; }
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, inputs x, weights w) noexcept {
        acc = add(acc, _mm512_madd_epi16(x, w));
        __asm__("" : "+v"(acc)); // else g++ adds products of several steps first, and runs out of registers
        return acc;
    }

    /// Four inputs of `lanes` / 2 outputs.
    PITH_ALWAYS_INLINE static weights load_bytes(const std::int8_t* p) noexcept {
        return _mm512_cvtepi8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
    }
    /// The same four widened inputs for each output.
    PITH_ALWAYS_INLINE static inputs broadcast_four(const std::uint8_t* p) noexcept {
        std::int64_t four;
        std::memcpy(&four, p, sizeof four);
        return _mm512_set1_epi64(four);
    }
    /// The sums of neighbours, in their order.
    PITH_ALWAYS_INLINE static vec add_neighbours(vec a, vec b) noexcept {
        const __m256i of_a = _mm512_cvtepi64_epi32(_mm512_add_epi32(a, _mm512_srli_epi64(a, 32)));
        const __m256i of_b = _mm512_cvtepi64_epi32(_mm512_add_epi32(b, _mm512_srli_epi64(b, 32)));
        return _mm512_inserti64x4(_mm512_castsi256_si512(of_a), of_b, 1);
    }

    static constexpr std::size_t step = 32; ///< codes that widen_inputs reads and writes at a time
    /// Codes to 16 bits, up to `step` - 1 more than `count`.
    PITH_ALWAYS_INLINE static void widen_inputs(const std::uint8_t* from, std::size_t count,
                                                std::int16_t* to) noexcept {
        for (std::size_t i = 0; i < count; i += step)
            store(to + i,
                  _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + i))));
    }
    /// Weights of 16 outputs and four inputs to [2 pairs of inputs][16][2].
    PITH_ALWAYS_INLINE static void widen_weights(const std::int8_t* from, std::int16_t* to) noexcept {
        // A byte in the upper half of its 16 bits is shifted down with its sign.
        const vec first =
            _mm512_broadcast_i32x4(_mm_setr_epi8(-1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13));
        const vec second =
            _mm512_broadcast_i32x4(_mm_setr_epi8(-1, 2, -1, 3, -1, 6, -1, 7, -1, 10, -1, 11, -1, 14, -1, 15));
        const vec w = load(from);
        store(to, _mm512_srai_epi16(_mm512_shuffle_epi8(w, first), 8));
        store(to + 32, _mm512_srai_epi16(_mm512_shuffle_epi8(w, second), 8));
    }
};

} // namespace pith::simd::x86_avx512
PITH_TARGET_END
static_assert(pith::simd::checked_widened_dot<pith::simd::x86_avx512::dot_widened>::complete);
#endif

#endif
