// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_X86_AVX_VNNI_HPP
#define PITH_KERNEL_IGEMM_X86_AVX_VNNI_HPP
/// Integer convolution with AVX-VNNI: the 8-bit dot product on processors without AVX-512.

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

PITH_TARGET_BEGIN("avxvnni,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx_vnni {
namespace igemm_detail {

namespace epilogue = x86_avx2;

struct ops {
    using vec = __m256i;
    using weights = __m256i;
    static constexpr int lanes = 8;
    static constexpr int unroll = 2;
    static constexpr int wanted_chains = 10;
    static constexpr int most_chains = 12;

    PITH_ALWAYS_INLINE static vec none() noexcept { return _mm256_setzero_si256(); }
    PITH_ALWAYS_INLINE static vec load_sums(const std::int32_t* p) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    }
    PITH_ALWAYS_INLINE static void store_sums(std::int32_t* p, vec v) noexcept {
        _mm256_store_si256(reinterpret_cast<__m256i*>(p), v);
    }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return _mm256_add_epi32(a, b); }
    PITH_ALWAYS_INLINE static weights load_weights(const std::int8_t* p) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    }
    PITH_ALWAYS_INLINE static vec load_inputs(const std::uint8_t* p) noexcept {
        std::int32_t four;
        std::memcpy(&four, p, sizeof four);
        return _mm256_set1_epi32(four);
    }
    PITH_ALWAYS_INLINE static vec dot(vec acc, vec x, weights w) noexcept {
        return _mm256_dpbusd_avx_epi32(acc, x, w);
    }
};

inline constexpr std::uint32_t max_pixels = 6;
inline constexpr std::uint32_t max_pixels_one_panel = 6;
inline constexpr int max_panels = 1;
inline constexpr bool echo = false;

#include "x86_body.inl"

} // namespace igemm_detail

using igemm_detail::igemm;

} // namespace pith::kernel::x86_avx_vnni
PITH_TARGET_END
#endif

#endif
