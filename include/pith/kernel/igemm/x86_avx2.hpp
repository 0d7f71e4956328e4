// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_X86_AVX2_HPP
#define PITH_KERNEL_IGEMM_X86_AVX2_HPP
/// Integer convolution with AVX2, exact: bytes are widened to 16 bits before they are multiplied, since the
/// 8-bit multiply-add saturates.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../codes_avx2.hpp"
#include "args.hpp"
#include "pixels.hpp"

#if PITH_X86
#include <immintrin.h>

PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {
namespace igemm_detail {

namespace epilogue = x86_avx2;

/// The bytes of each 16-bit lane are multiplied apart, even ones and odd ones.
struct ops {
    using vec = __m256i;
    struct halves {
        __m256i even, odd;
    };
    using weights = halves;
    static constexpr int lanes = 8;
    static constexpr int unroll = 1;
    static constexpr int wanted_chains = 4;
    static constexpr int most_chains = 8;

    PITH_ALWAYS_INLINE static vec none() noexcept { return _mm256_setzero_si256(); }
    PITH_ALWAYS_INLINE static vec load_sums(const std::int32_t* p) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    }
    PITH_ALWAYS_INLINE static void store_sums(std::int32_t* p, vec v) noexcept {
        _mm256_store_si256(reinterpret_cast<__m256i*>(p), v);
    }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return _mm256_add_epi32(a, b); }
    PITH_ALWAYS_INLINE static weights load_weights(const std::int8_t* p) noexcept {
        const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
        return {_mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), _mm256_srai_epi16(w, 8)};
    }
    PITH_ALWAYS_INLINE static halves load_inputs(const std::uint8_t* p) noexcept {
        std::int32_t four;
        std::memcpy(&four, p, sizeof four);
        const __m256i x = _mm256_set1_epi32(four);
        return {_mm256_and_si256(x, _mm256_set1_epi16(0xFF)), _mm256_srli_epi16(x, 8)};
    }
    PITH_ALWAYS_INLINE static vec dot(vec acc, const halves& x, const halves& w) noexcept {
        const __m256i products =
            _mm256_add_epi32(_mm256_madd_epi16(x.even, w.even), _mm256_madd_epi16(x.odd, w.odd));
        return _mm256_add_epi32(acc, products);
    }
};

inline constexpr std::uint32_t max_pixels = 4;
inline constexpr std::uint32_t max_pixels_one_panel = 4;
inline constexpr int max_panels = 1;
inline constexpr bool echo = false;

#include "x86_body.inl"

} // namespace igemm_detail

using igemm_detail::igemm;

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
