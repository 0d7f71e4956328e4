// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_GATHER_AVX2_HPP
#define PITH_KERNEL_DEPTHWISE_U8_GATHER_AVX2_HPP
/// Inputs of several pixels that do not lie next to each other, as one vector.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"

#if PITH_X86
#include <immintrin.h>

PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {

/// `channels` inputs (8 or 16) of each of the neighbouring pixels that fill a vector; those beyond the last
/// repeat it.
PITH_ALWAYS_INLINE __m256i gather(const std::uint8_t* p, std::ptrdiff_t step, std::uint32_t channels,
                                  std::uint32_t last) noexcept {
    const auto pixel = [=](std::uint32_t i) noexcept {
        return p + static_cast<std::ptrdiff_t>(i < last ? i : last) * step;
    };
    const auto sixteen = [=](std::uint32_t i) noexcept {
        if (channels == 8)
            return _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(pixel(2 * i))),
                                      _mm_loadl_epi64(reinterpret_cast<const __m128i*>(pixel(2 * i + 1))));
        return _mm_loadu_si128(reinterpret_cast<const __m128i*>(pixel(i)));
    };
    return _mm256_inserti128_si256(_mm256_castsi128_si256(sixteen(0)), sixteen(1), 1);
}

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
