// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_X86_AVX512_HPP
#define PITH_KERNEL_DEPTHWISE_U8_X86_AVX512_HPP
/// Depthwise convolution of codes with AVX-512 on processors without VNNI.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/x86_avx512/codes.hpp"
#include "../../simd/x86_avx512/reals.hpp"
#include "../epilogue/x86_avx512.hpp"
#include "args.hpp"
#include "portable.hpp"
#include "strips.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512 {
namespace depthwise_detail {

using simd::x86_avx512::codes;
using simd::x86_avx512::reals;

/// A strip has one part of sixteen channels, or two of eight.
struct strips {
    using vf = reals::vf;
    using vi = codes::vi;

    /// Sixteen codes, or twice eight.
    template <int Parts>
    PITH_ALWAYS_INLINE static vf inputs(const std::uint8_t* p, std::ptrdiff_t part) noexcept {
        __m128i sixteen;
        if constexpr (Parts == 1)
            sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        else
            sixteen = _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)),
                                         _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p + part)));
        return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(sixteen));
    }
    /// Sixteen weights, or eight twice.
    template <int Parts>
    PITH_ALWAYS_INLINE static vf weights(const std::int8_t* p) noexcept {
        __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        if constexpr (Parts == 2)
            sixteen = _mm_unpacklo_epi64(sixteen, sixteen);
        return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(sixteen));
    }
    /// Sixteen sums, or eight twice.
    template <int Parts>
    PITH_ALWAYS_INLINE static vi sums(const std::int32_t* p) noexcept {
        const vi v = _mm512_loadu_si512(p);
        return Parts == 1 ? v : _mm512_shuffle_i64x2(v, v, 0x44);
    }
    /// The same of factors.
    template <int Parts>
    PITH_ALWAYS_INLINE static vf factors(const float* p) noexcept {
        const vf v = reals::load(p);
        return Parts == 1 ? v : _mm512_shuffle_f32x4(v, v, 0x44);
    }
    /// Stores `channels` codes of four or fewer pixels, of each part.
    template <int Parts>
    PITH_ALWAYS_INLINE static void place(vi lanes, std::uint8_t* out, std::ptrdiff_t step,
                                         std::ptrdiff_t part, std::uint32_t pixels,
                                         std::uint32_t channels) noexcept {
        if constexpr (Parts == 2) {
            if (step == 8 && pixels == 4) {
                const vi apart = _mm512_set_epi32(15, 11, 14, 10, 13, 9, 12, 8, 7, 3, 6, 2, 5, 1, 4, 0);
                const vi v = _mm512_permutexvar_epi32(apart, lanes);
                _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_castsi512_si256(v));
                _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + part), _mm512_extracti64x4_epi64(v, 1));
                return;
            }
        }
        const vi v = epilogue::in_order(lanes);
        if (Parts == 1 && channels == 16 && pixels == 4) {
            const auto at = [out, step](int i) { return reinterpret_cast<__m128i*>(out + i * step); };
            _mm_storeu_si128(at(0), _mm512_castsi512_si128(v));
            _mm_storeu_si128(at(1), _mm512_extracti32x4_epi32(v, 1));
            _mm_storeu_si128(at(2), _mm512_extracti32x4_epi32(v, 2));
            _mm_storeu_si128(at(3), _mm512_extracti32x4_epi32(v, 3));
            return;
        }
        const __m128i each[4] = {_mm512_castsi512_si128(v), _mm512_extracti32x4_epi32(v, 1),
                                 _mm512_extracti32x4_epi32(v, 2), _mm512_extracti32x4_epi32(v, 3)};
        const auto mask = static_cast<__mmask16>((1u << channels) - 1u);
#pragma GCC unroll 4
        for (std::uint32_t i = 0; i < 4; ++i) {
            if (i == pixels)
                return;
            simd::store_bytes(out, mask, each[i]);
            if constexpr (Parts == 2)
                simd::store_bytes(out + part, mask, _mm_srli_si128(each[i], 8));
            out += step;
        }
    }
};

#include "real.inl"

} // namespace depthwise_detail

using depthwise_detail::depthwise_u8;

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
