// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_X86_AVX512_VNNI_HPP
#define PITH_KERNEL_IGEMM_X86_AVX512_VNNI_HPP
/// Integer convolution with AVX-512 VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../codes_avx512.hpp"
#include "args.hpp"
#include "pixels.hpp"

#if PITH_X86
#include <immintrin.h>

PITH_TARGET_BEGIN("avx512vnni,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512_vnni {
namespace igemm_detail {

namespace epilogue = x86_avx512;

struct ops {
    using vec = __m512i;
    using weights = __m512i;
    static constexpr int lanes = 16;
    static constexpr int unroll = 2;
    static constexpr int wanted_chains = 10;
    static constexpr int most_chains = 24;

    PITH_ALWAYS_INLINE static vec none() noexcept { return _mm512_setzero_si512(); }
    PITH_ALWAYS_INLINE static vec load_sums(const std::int32_t* p) noexcept { return _mm512_loadu_si512(p); }
    PITH_ALWAYS_INLINE static void store_sums(std::int32_t* p, vec v) noexcept { _mm512_store_si512(p, v); }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return _mm512_add_epi32(a, b); }
    PITH_ALWAYS_INLINE static weights load_weights(const std::int8_t* p) noexcept {
        return _mm512_loadu_si512(p);
    }
    PITH_ALWAYS_INLINE static vec load_inputs(const std::uint8_t* p) noexcept {
        std::int32_t four;
        std::memcpy(&four, p, sizeof four);
        return _mm512_set1_epi32(four);
    }
    PITH_ALWAYS_INLINE static vec dot(vec acc, vec x, weights w) noexcept {
        return _mm512_dpbusd_epi32(acc, x, w);
    }
};

inline constexpr std::uint32_t max_pixels = 8;
inline constexpr std::uint32_t max_pixels_one_panel = 8;
inline constexpr int max_panels = 2;
inline constexpr bool echo = true;

#include "x86_body.inl"

} // namespace igemm_detail

using igemm_detail::igemm;

} // namespace pith::kernel::x86_avx512_vnni
PITH_TARGET_END
#endif

#endif
