// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX512_REALS_HPP
#define PITH_SIMD_X86_AVX512_REALS_HPP
/// Words: vectors of sixteen floats.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"

#if PITH_X86
#include "../x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::simd::x86_avx512 {

struct reals {
    using real = float;
    using vf = __m512;
    static constexpr std::uint32_t width = 16;
    static constexpr std::uint32_t registers = 32;

    PITH_ALWAYS_INLINE static vf zero() noexcept { return _mm512_setzero_ps(); }
    PITH_ALWAYS_INLINE static vf repeat(float x) noexcept { return _mm512_set1_ps(x); }
    PITH_ALWAYS_INLINE static vf load(const float* p) noexcept { return _mm512_loadu_ps(p); }
    PITH_ALWAYS_INLINE static void store(float* p, vf v) noexcept { _mm512_storeu_ps(p, v); }
    PITH_ALWAYS_INLINE static vf add(vf a, vf b) noexcept { return _mm512_add_ps(a, b); }
    PITH_ALWAYS_INLINE static vf sub(vf a, vf b) noexcept { return _mm512_sub_ps(a, b); }
    PITH_ALWAYS_INLINE static vf mul(vf a, vf b) noexcept { return _mm512_mul_ps(a, b); }
    PITH_ALWAYS_INLINE static vf div(vf a, vf b) noexcept { return _mm512_div_ps(a, b); }
    /// a * b + c, rounded once.
    PITH_ALWAYS_INLINE static vf fma(vf a, vf b, vf c) noexcept { return _mm512_fmadd_ps(a, b, c); }
    /// The second operand where either is NaN.
    PITH_ALWAYS_INLINE static vf max(vf a, vf b) noexcept { return _mm512_max_ps(a, b); }
    PITH_ALWAYS_INLINE static vf min(vf a, vf b) noexcept { return _mm512_min_ps(a, b); }
    /// v where `sign` is greater than zero, else zero.
    PITH_ALWAYS_INLINE static vf where_positive(vf sign, vf v) noexcept {
        return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(sign, _mm512_setzero_ps(), _CMP_GT_OQ), v);
    }

    /// The first `n` elements; the others are zero, and not touched. @pre n <= width
    PITH_ALWAYS_INLINE static vf load_part(const float* p, std::uint32_t n) noexcept {
        return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1u), p);
    }
    PITH_ALWAYS_INLINE static void store_part(float* p, vf v, std::uint32_t n) noexcept {
        if (n == 8) // spares a store across two cache lines
            _mm256_storeu_ps(p, _mm512_castps512_ps256(v));
        else
            _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1u), v);
    }
};

} // namespace pith::simd::x86_avx512
PITH_TARGET_END
static_assert(pith::simd::checked_reals<pith::simd::x86_avx512::reals>::complete);
#endif

#endif
