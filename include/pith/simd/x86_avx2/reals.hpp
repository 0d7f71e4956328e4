// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_AVX2_REALS_HPP
#define PITH_SIMD_X86_AVX2_REALS_HPP
/// Words: vectors of eight floats.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../words.hpp"

#if PITH_X86
#include "../x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx2,fma")
namespace pith::simd::x86_avx2 {

struct reals {
    using real = float;
    using vf = __m256;
    static constexpr std::uint32_t width = 8;
    static constexpr std::uint32_t registers = 16;

    PITH_ALWAYS_INLINE static vf zero() noexcept { return _mm256_setzero_ps(); }
    PITH_ALWAYS_INLINE static vf repeat(float x) noexcept { return _mm256_set1_ps(x); }
    PITH_ALWAYS_INLINE static vf load(const float* p) noexcept { return _mm256_loadu_ps(p); }
    PITH_ALWAYS_INLINE static void store(float* p, vf v) noexcept { _mm256_storeu_ps(p, v); }
    PITH_ALWAYS_INLINE static vf add(vf a, vf b) noexcept { return _mm256_add_ps(a, b); }
    PITH_ALWAYS_INLINE static vf sub(vf a, vf b) noexcept { return _mm256_sub_ps(a, b); }
    PITH_ALWAYS_INLINE static vf mul(vf a, vf b) noexcept { return _mm256_mul_ps(a, b); }
    PITH_ALWAYS_INLINE static vf div(vf a, vf b) noexcept { return _mm256_div_ps(a, b); }
    /// a * b + c, rounded once.
    PITH_ALWAYS_INLINE static vf fma(vf a, vf b, vf c) noexcept { return _mm256_fmadd_ps(a, b, c); }
    /// The second operand where either is NaN.
    PITH_ALWAYS_INLINE static vf max(vf a, vf b) noexcept { return _mm256_max_ps(a, b); }
    PITH_ALWAYS_INLINE static vf min(vf a, vf b) noexcept { return _mm256_min_ps(a, b); }
    /// v where `sign` is greater than zero, else zero.
    PITH_ALWAYS_INLINE static vf where_positive(vf sign, vf v) noexcept {
        return _mm256_and_ps(_mm256_cmp_ps(sign, _mm256_setzero_ps(), _CMP_GT_OQ), v);
    }

    /// Lanes below `n`.
    PITH_ALWAYS_INLINE static __m256i lanes_below(std::uint32_t n) noexcept {
        return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<std::int32_t>(n)),
                                  _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    }
    /// The first `n` elements; the others are zero, and not touched. @pre n <= width
    PITH_ALWAYS_INLINE static vf load_part(const float* p, std::uint32_t n) noexcept {
        return _mm256_maskload_ps(p, lanes_below(n));
    }
    PITH_ALWAYS_INLINE static void store_part(float* p, vf v, std::uint32_t n) noexcept {
        _mm256_maskstore_ps(p, lanes_below(n), v);
    }
};

} // namespace pith::simd::x86_avx2
PITH_TARGET_END
static_assert(pith::simd::checked_reals<pith::simd::x86_avx2::reals>::complete);
#endif

#endif
