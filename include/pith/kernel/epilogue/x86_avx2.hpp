// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_EPILOGUE_X86_AVX2_HPP
#define PITH_KERNEL_EPILOGUE_X86_AVX2_HPP
/// codes_epilogue with AVX2: sums of 16 channels to codes, two pixels or panels at a time.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx2/codes.hpp"
#include "../../simd/x86_avx2/reals.hpp"
#include "vector.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2::epilogue {

using simd::x86_avx2::codes;
using simd::x86_avx2::reals;

#include "body.inl"

/// From packed_lanes: the 16 codes of the first two vectors, then those of the others.
PITH_ALWAYS_INLINE __m256i in_order(__m256i lanes) noexcept {
    return _mm256_permutevar8x32_epi32(lanes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
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
        const __m256i both =
            in_order(four_packed<N, Residual>(c, sums, pixels, factor, residual, residual_step));
        if constexpr (Residual != residual_as::none)
            residual += each * residual_step;
        store_first(output, N == 1 ? last : 16, _mm256_castsi256_si128(both));
        if (N == 2 || pixels > 1)
            store_first(output + (N == 1 ? step : 16), last, _mm256_extracti128_si256(both, 1));
    }
}

} // namespace pith::kernel::x86_avx2::epilogue
PITH_TARGET_END
#endif

#endif
