// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_EPILOGUE_X86_AVX512_HPP
#define PITH_KERNEL_EPILOGUE_X86_AVX512_HPP
/// codes_epilogue with AVX-512: sums of 16 channels to codes, four vectors at a time.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx512/codes.hpp"
#include "../../simd/x86_avx512/reals.hpp"
#include "vector.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512::epilogue {

using simd::x86_avx512::codes;
using simd::x86_avx512::reals;

#include "body.inl"

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
        const __m512i lanes = four_packed<N, Residual>(c, sums, pixels, factor, residual, residual_step);
        if constexpr (Residual != residual_as::none)
            residual += each * residual_step;
        if (eights && pixels >= each) { // the upper lanes hold no channels
            const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(output),
                                _mm256_permutevar8x32_epi32(_mm512_castsi512_si256(lanes), order));
            continue;
        }
        const __m512i four = in_order(lanes);
        if (whole && pixels >= each) {
            _mm512_storeu_si512(output, four);
            continue;
        }
        simd::store_bytes(output, even, _mm512_castsi512_si128(four));
        if (N == 2 || pixels > 1)
            simd::store_bytes(output + (N == 1 ? step : 16), tail, _mm512_extracti32x4_epi32(four, 1));
        if (pixels > 2 / N) {
            simd::store_bytes(output + 2 / N * step, even, _mm512_extracti32x4_epi32(four, 2));
            if (N == 2 || pixels > 3)
                simd::store_bytes(output + (N == 1 ? 3 * step : step + 16), tail,
                                  _mm512_extracti32x4_epi32(four, 3));
        }
    }
}

} // namespace pith::kernel::x86_avx512::epilogue
PITH_TARGET_END
#endif

#endif
