// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX512_VPOPCNT_BITS_HPP
#define PITH_SIMD_X86_AVX512_VPOPCNT_BITS_HPP
/// Words of bits with AVX-512 VPOPCNTDQ.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"
#include "../x86_intrinsics.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::simd::x86_avx512_vpopcnt {

struct bits {
    using vec = __m512i;
    static constexpr int lanes = 8;

    PITH_ALWAYS_INLINE static vec none() noexcept { return _mm512_setzero_si512(); }
    PITH_ALWAYS_INLINE static vec load(const std::uint8_t* p) noexcept { return _mm512_loadu_si512(p); }
    PITH_ALWAYS_INLINE static vec repeat(const std::uint8_t* p) noexcept {
        std::int64_t word;
        std::memcpy(&word, p, sizeof word);
        return _mm512_set1_epi64(word);
    }
    PITH_ALWAYS_INLINE static vec add_differing(vec acc, vec x, vec w) noexcept {
        return _mm512_add_epi64(acc, _mm512_popcnt_epi64(_mm512_xor_si512(x, w)));
    }
    PITH_ALWAYS_INLINE static void store(std::uint64_t* p, vec v) noexcept { _mm512_storeu_si512(p, v); }
    PITH_ALWAYS_INLINE static std::uint64_t below(const std::uint8_t* p, std::uint8_t threshold) noexcept {
        return _mm512_cmplt_epu8_mask(_mm512_loadu_si512(p), _mm512_set1_epi8(static_cast<char>(threshold)));
    }
};

} // namespace pith::simd::x86_avx512_vpopcnt
PITH_TARGET_END
static_assert(pith::simd::checked_bits<pith::simd::x86_avx512_vpopcnt::bits>::complete);
#endif

#endif
