// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_CODES_AVX2_HPP
#define PITH_KERNEL_CODES_AVX2_HPP
/// codes_epilogue with AVX2: sums of 16 channels to codes, two pixels or panels at a time.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../arch/target.hpp"
#include "../base/config.hpp"
#include "codes_vector.hpp"

#if PITH_X86
#include "vectors/x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {

/// The constants of an epilogue, spread over vectors.
struct codes_constants {
    explicit codes_constants(const codes_epilogue& e) noexcept
        : low(_mm256_set1_ps(static_cast<float>(e.lowest - e.zero))),
          high(_mm256_set1_ps(static_cast<float>(e.highest - e.zero))),
          unrounder(_mm256_set1_ps(rounder - static_cast<float>(e.zero))), ra(_mm256_set1_ps(e.add.ra)),
          rb(_mm256_set1_ps(e.add.rb)), offset(_mm256_set1_ps(e.add.offset)),
          add_high(_mm256_set1_ps(static_cast<float>(e.add_highest))),
          zero(_mm256_set1_epi16(static_cast<short>(e.residual != nullptr ? 0 : e.zero))),
          low_code(_mm256_set1_epi8(static_cast<char>(e.residual != nullptr ? e.add_lowest : e.lowest))),
          high_code(_mm256_set1_epi8(static_cast<char>(e.residual != nullptr ? e.add_highest : e.highest))) {}

    __m256 low;
    __m256 high;      ///< also keeps the conversion to int32 in range
    __m256 unrounder; ///< takes `rounder` off and puts the zero point on, exactly
    __m256 ra, rb, offset;
    __m256 add_high;
    __m256i zero;     ///< added to rounded values; within the sum where there is a residual
    __m256i low_code; ///< of the stored code
    __m256i high_code;
};

PITH_ALWAYS_INLINE __m256i load(const std::int32_t* sums) noexcept {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(sums));
}

PITH_ALWAYS_INLINE __m256 scaled(__m256i sums, const float* factor) noexcept {
    return _mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_loadu_ps(factor));
}

/// Rounded, without zero point, low side unclamped.
PITH_ALWAYS_INLINE __m256i rounded(__m256i sums, const float* factor, __m256 high) noexcept {
    // min(high, NaN) is NaN, which converts to the least integer
    return _mm256_cvtps_epi32(_mm256_min_ps(high, scaled(sums, factor)));
}

/// Code plus residual, rounded, low side unclamped.
template <residual_as Residual>
PITH_ALWAYS_INLINE __m256i rounded_with_residual(__m256i sums, const float* factor,
                                                 const std::uint8_t* residual,
                                                 const codes_constants& c) noexcept {
    __m256 v = _mm256_mul_ps(_mm256_cvtepi32_ps(sums), _mm256_loadu_ps(factor));
    v = _mm256_min_ps(_mm256_max_ps(v, c.low), c.high);
    v = _mm256_sub_ps(_mm256_add_ps(v, _mm256_set1_ps(rounder)), c.unrounder);
    const __m128i codes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(residual));
    const __m256 r = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(codes));
    const __m256 a = Residual == residual_as::first ? r : v;
    const __m256 b = Residual == residual_as::first ? v : r;
    const __m256 sum = _mm256_fmadd_ps(a, c.ra, _mm256_fmadd_ps(b, c.rb, c.offset));
    return _mm256_cvtps_epi32(_mm256_min_ps(c.add_high, sum));
}

/// Four vectors of int32 to codes; each 128-bit lane holds the codes of its lane of the four.
PITH_ALWAYS_INLINE __m256i packed_lanes(const __m256i (&v)[4], const codes_constants& c) noexcept {
    const __m256i ab = _mm256_adds_epi16(_mm256_packs_epi32(v[0], v[1]), c.zero);
    const __m256i cd = _mm256_adds_epi16(_mm256_packs_epi32(v[2], v[3]), c.zero);
    return _mm256_min_epu8(_mm256_max_epu8(_mm256_packus_epi16(ab, cd), c.low_code), c.high_code);
}

/// Twice 16 int32 to twice 16 codes in their order.
PITH_ALWAYS_INLINE __m256i packed(const __m256i (&v)[4], const codes_constants& c) noexcept {
    return _mm256_permutevar8x32_epi32(packed_lanes(v, c), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

/// The first `count` of 16 codes.
PITH_ALWAYS_INLINE void store_first(std::uint8_t* out, std::uint32_t count, __m128i codes) noexcept {
    if (count == 16) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), codes);
        return;
    }
    if ((count & 8) != 0) {
        _mm_storel_epi64(reinterpret_cast<__m128i*>(out), codes);
        codes = _mm_srli_si128(codes, 8);
        out += 8;
    }
    auto rest = static_cast<std::uint64_t>(_mm_cvtsi128_si64(codes));
    if ((count & 4) != 0) {
        std::memcpy(out, &rest, 4);
        rest >>= 32;
        out += 4;
    }
    if ((count & 2) != 0) {
        std::memcpy(out, &rest, 2);
        rest >>= 16;
        out += 2;
    }
    if ((count & 1) != 0)
        std::memcpy(out, &rest, 1);
}

/// The first `count` of 32 codes.
PITH_ALWAYS_INLINE void store_first(std::uint8_t* out, std::uint32_t count, __m256i codes) noexcept {
    store_first(out, count < 16 ? count : 16, _mm256_castsi256_si128(codes));
    if (count > 16)
        store_first(out + 16, count - 16, _mm256_extracti128_si256(codes, 1));
}

/// Stores `pixels` x N panels of sums (bias included, laid out [pixel][N][16], with room up to a multiple of
/// two panels) as codes, `step` from pixel to pixel. The last panel holds `last` channels.
/// @param residual of the first pixel, if there is one
template <int N, residual_as Residual>
void store_codes(const codes_epilogue& e, const codes_constants& c, const std::int32_t* sums, int pixels,
                 const float* factor, std::uint32_t last, std::uint8_t* output, std::ptrdiff_t step,
                 const std::uint8_t* residual) noexcept {
    constexpr int each = 2 / N; // pixels in two panels
    const std::ptrdiff_t residual_step = e.residual_strides.column_stride;
    for (; pixels > 0; pixels -= each, sums += 32, output += each * step) {
        __m256i v[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
            const int channel = i / 2 % N * 16 + i % 2 * 8;
            if constexpr (Residual != residual_as::none) {
                const std::uint8_t* r = residual + (i / 2 / N < pixels ? i / 2 / N * residual_step : 0);
                v[i] = rounded_with_residual<Residual>(load(sums + 8 * i), factor + channel, r + channel, c);
            } else {
                v[i] = rounded(load(sums + 8 * i), factor + channel, c.high);
            }
        }
        if constexpr (Residual != residual_as::none)
            residual += each * residual_step;
        const __m256i codes = packed(v, c);
        store_first(output, N == 1 ? last : 16, _mm256_castsi256_si128(codes));
        if (N == 2 || pixels > 1)
            store_first(output + (N == 1 ? step : 16), last, _mm256_extracti128_si256(codes, 1));
    }
}

/// As store_codes, to floats: (float)sum * factor.
template <int N>
void store_reals(const std::int32_t* sums, int pixels, const float* factor, std::uint32_t last, float* output,
                 std::ptrdiff_t step) noexcept {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (int pixel = 0; pixel < pixels; ++pixel, output += step) {
        for (int n = 0; n < N; ++n, sums += 16) {
            const int count = n == N - 1 ? static_cast<int>(last) : 16;
            for (int half = 0; half < count; half += 8)
                _mm256_maskstore_ps(output + 16 * n + half,
                                    _mm256_cmpgt_epi32(_mm256_set1_epi32(count - half), lanes),
                                    scaled(load(sums + half), factor + 16 * n + half));
        }
    }
}

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
