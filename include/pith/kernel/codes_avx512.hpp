// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_CODES_AVX512_HPP
#define PITH_KERNEL_CODES_AVX512_HPP
/// codes_epilogue with AVX-512: sums of 16 channels to codes, four vectors at a time.

#include <cstddef>
#include <cstdint>

#include "../arch/target.hpp"
#include "../base/config.hpp"
#include "codes_vector.hpp"

#if PITH_X86
#include "vectors/x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512 {

/// The constants of an epilogue, spread over vectors.
struct codes_constants {
    explicit codes_constants(const codes_epilogue& e) noexcept
        : low(_mm512_set1_ps(static_cast<float>(e.lowest - e.zero))),
          high(_mm512_set1_ps(static_cast<float>(e.highest - e.zero))),
          unrounder(_mm512_set1_ps(rounder - static_cast<float>(e.zero))), ra(_mm512_set1_ps(e.add.ra)),
          rb(_mm512_set1_ps(e.add.rb)), offset(_mm512_set1_ps(e.add.offset)),
          add_high(_mm512_set1_ps(static_cast<float>(e.add_highest))),
          zero(_mm512_set1_epi16(static_cast<short>(e.residual != nullptr ? 0 : e.zero))),
          low_code(_mm512_set1_epi8(static_cast<char>(e.residual != nullptr ? e.add_lowest : e.lowest))),
          high_code(_mm512_set1_epi8(static_cast<char>(e.residual != nullptr ? e.add_highest : e.highest))) {}

    __m512 low;
    __m512 high;      ///< also keeps the conversion to int32 in range
    __m512 unrounder; ///< takes `rounder` off and puts the zero point on, exactly
    __m512 ra, rb, offset;
    __m512 add_high;
    __m512i zero;     ///< added to rounded values; within the sum where there is a residual
    __m512i low_code; ///< of the stored code
    __m512i high_code;
};

/// Rounded, without zero point, low side unclamped.
PITH_ALWAYS_INLINE __m512i rounded(__m512i sums, const float* factor, __m512 high) noexcept {
    const __m512 v = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), _mm512_loadu_ps(factor));
    return _mm512_cvtps_epi32(_mm512_min_ps(high, v)); // min(high, NaN) is NaN, which converts to the least
}

/// Code plus residual, rounded, low side unclamped.
template <residual_as Residual>
PITH_ALWAYS_INLINE __m512i rounded_with_residual(__m512i sums, const float* factor,
                                                 const std::uint8_t* residual,
                                                 const codes_constants& c) noexcept {
    __m512 v = _mm512_mul_ps(_mm512_cvtepi32_ps(sums), _mm512_loadu_ps(factor));
    v = _mm512_min_ps(_mm512_max_ps(v, c.low), c.high);
    v = _mm512_sub_ps(_mm512_add_ps(v, _mm512_set1_ps(rounder)), c.unrounder);
    const __m128i codes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(residual));
    const __m512 r = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(codes));
    const __m512 a = Residual == residual_as::first ? r : v;
    const __m512 b = Residual == residual_as::first ? v : r;
    const __m512 sum = _mm512_fmadd_ps(a, c.ra, _mm512_fmadd_ps(b, c.rb, c.offset));
    return _mm512_cvtps_epi32(_mm512_min_ps(c.add_high, sum));
}

/// Four vectors of int32 to codes; each 128-bit lane holds the codes of its lane of the four.
PITH_ALWAYS_INLINE __m512i packed_lanes(const __m512i (&v)[4], const codes_constants& c) noexcept {
    const __m512i ab = _mm512_adds_epi16(_mm512_packs_epi32(v[0], v[1]), c.zero);
    const __m512i cd = _mm512_adds_epi16(_mm512_packs_epi32(v[2], v[3]), c.zero);
    return _mm512_min_epu8(_mm512_max_epu8(_mm512_packus_epi16(ab, cd), c.low_code), c.high_code);
}

/// From packed_lanes: the 16 codes of the first vector, then those of the second, and so on.
PITH_ALWAYS_INLINE __m512i in_order(__m512i lanes) noexcept {
    const __m512i order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
    return _mm512_permutexvar_epi32(order, lanes);
}

/// The first `count` of 64 codes.
PITH_ALWAYS_INLINE void store_first(std::uint8_t* out, std::uint32_t count, __m512i codes) noexcept {
    _mm512_mask_storeu_epi8(out, _bzhi_u64(~0ull, count), codes);
}

/// Stores `pixels` x N panels of sums (bias included, laid out [pixel][N][16], with room up to a multiple of
/// four vectors) as codes, `step` from pixel to pixel. The last panel holds `last` channels.
/// @param residual of the first pixel, if there is one
template <int N, residual_as Residual>
void store_codes(const codes_epilogue& e, const codes_constants& c, const std::int32_t* sums, int pixels,
                 const float* factor, std::uint32_t last, std::uint8_t* output, std::ptrdiff_t step,
                 const std::uint8_t* residual) noexcept {
    constexpr int each = 4 / N; // pixels in four vectors
    const auto tail = static_cast<__mmask16>((1u << last) - 1u);
    const __mmask16 even = N == 1 ? tail : __mmask16{0xFFFF};
    const bool whole = step == 16 * N && last == 16;
    const bool eights = N == 1 && step == 8 && last == 8;
    const std::ptrdiff_t residual_step = e.residual_strides.column_stride;
    for (; pixels > 0; pixels -= each, sums += 64, output += each * step) {
        __m512i v[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
            const __m512i sum = _mm512_load_si512(sums + 16 * i);
            if constexpr (Residual != residual_as::none) {
                const std::uint8_t* r = residual + (i / N < pixels ? i / N * residual_step : 0);
                v[i] = rounded_with_residual<Residual>(sum, factor + i % N * 16, r + i % N * 16, c);
            } else {
                v[i] = rounded(sum, factor + i % N * 16, c.high);
            }
        }
        if constexpr (Residual != residual_as::none)
            residual += each * residual_step;
        const __m512i lanes = packed_lanes(v, c);
        if (eights && pixels >= each) { // the upper lanes hold no channels
            const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(output),
                                _mm256_permutevar8x32_epi32(_mm512_castsi512_si256(lanes), order));
            continue;
        }
        const __m512i codes = in_order(lanes);
        if (whole && pixels >= each) {
            _mm512_storeu_si512(output, codes);
            continue;
        }
        store_bytes(output, even, _mm512_castsi512_si128(codes));
        if (N == 2 || pixels > 1)
            store_bytes(output + (N == 1 ? step : 16), tail, _mm512_extracti32x4_epi32(codes, 1));
        if (pixels > 2 / N) {
            store_bytes(output + 2 / N * step, even, _mm512_extracti32x4_epi32(codes, 2));
            if (N == 2 || pixels > 3)
                store_bytes(output + (N == 1 ? 3 * step : step + 16), tail,
                            _mm512_extracti32x4_epi32(codes, 3));
        }
    }
}

/// As store_codes, to floats: (float)sum * factor.
template <int N>
void store_reals(const std::int32_t* sums, int pixels, const float* factor, std::uint32_t last, float* output,
                 std::ptrdiff_t step) noexcept {
    const auto tail = static_cast<__mmask16>((1u << last) - 1u);
    for (int pixel = 0; pixel < pixels; ++pixel, output += step) {
        for (int n = 0; n < N; ++n, sums += 16) {
            const __m512 v = _mm512_cvtepi32_ps(_mm512_load_si512(sums));
            _mm512_mask_storeu_ps(output + 16 * n, n == N - 1 ? tail : __mmask16{0xFFFF},
                                  _mm512_mul_ps(v, _mm512_loadu_ps(factor + 16 * n)));
        }
    }
}

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
