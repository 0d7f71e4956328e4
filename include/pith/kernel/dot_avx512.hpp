// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DOT_AVX512_HPP
#define PITH_KERNEL_DOT_AVX512_HPP
/// The dot product of four u8 and four s8 in each 32-bit lane, exact with AVX-512 without VNNI: as
/// dot_avx2.hpp.

#include <cstdint>
#include <cstring>

#include "../arch/target.hpp"
#include "../base/config.hpp"

#if PITH_X86
#include <immintrin.h>

PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512 {

struct dot {
    using vec = __m512i;
    /// The even and the odd bytes, widened.
    struct halves {
        __m512i even, odd;
    };
    using weights = halves;
    using inputs = halves;
    static constexpr int lanes = 16;
    static constexpr int wanted_chains = 4; ///< independent sums that hide the latency
    static constexpr int most_chains = 16;  ///< sums that fit in registers
    static constexpr int unroll = 1;

    PITH_ALWAYS_INLINE static vec none() noexcept { return _mm512_setzero_si512(); }
    PITH_ALWAYS_INLINE static vec load(const void* p) noexcept { return _mm512_loadu_si512(p); }
    PITH_ALWAYS_INLINE static void store(void* p, vec v) noexcept { _mm512_storeu_si512(p, v); }
    PITH_ALWAYS_INLINE static vec add(vec a, vec b) noexcept { return _mm512_add_epi32(a, b); }
    /// The same four bytes in every lane.
    PITH_ALWAYS_INLINE static vec broadcast(const std::uint8_t* p) noexcept {
        std::int32_t four;
        std::memcpy(&four, p, sizeof four);
        return _mm512_set1_epi32(four);
    }
    /// Bytes of four taps to four vectors of dot-product operands: lane by lane, four channels each.
    PITH_ALWAYS_INLINE static void zip(const vec (&taps)[4], vec (&out)[4]) noexcept {
        const vec low01 = _mm512_unpacklo_epi8(taps[0], taps[1]);
        const vec high01 = _mm512_unpackhi_epi8(taps[0], taps[1]);
        const vec low23 = _mm512_unpacklo_epi8(taps[2], taps[3]);
        const vec high23 = _mm512_unpackhi_epi8(taps[2], taps[3]);
        out[0] = _mm512_unpacklo_epi16(low01, low23);
        out[1] = _mm512_unpackhi_epi16(low01, low23);
        out[2] = _mm512_unpacklo_epi16(high01, high23);
        out[3] = _mm512_unpackhi_epi16(high01, high23);
    }
    PITH_ALWAYS_INLINE static weights as_weights(vec w) noexcept {
        return {_mm512_srai_epi16(_mm512_slli_epi16(w, 8), 8), _mm512_srai_epi16(w, 8)};
    }
    PITH_ALWAYS_INLINE static inputs as_inputs(vec x) noexcept {
        return {_mm512_and_si512(x, _mm512_set1_epi16(0xFF)), _mm512_srli_epi16(x, 8)};
    }
    PITH_ALWAYS_INLINE static vec add_dot(vec acc, const inputs& x, const weights& w) noexcept {
        const __m512i even = _mm512_madd_epi16(x.even, w.even);
        const __m512i odd = _mm512_madd_epi16(x.odd, w.odd);
        return _mm512_add_epi32(acc, _mm512_add_epi32(even, odd));
    }
};

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
