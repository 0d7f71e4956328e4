// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_VECTORS_X86_AVX2_F32_HPP
#define PITH_KERNEL_VECTORS_X86_AVX2_F32_HPP
/// Eight floats: the words in which bodies shared by several instruction sets (*.inl) are written.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"

#if PITH_X86
#include "x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx2,fma")
namespace pith::kernel::x86_avx2::f32 {

using vf = __m256;
inline constexpr std::uint32_t width = 8;
inline constexpr std::uint32_t registers = 16;

PITH_ALWAYS_INLINE vf zero() noexcept {
    return _mm256_setzero_ps();
}
PITH_ALWAYS_INLINE vf repeat(float x) noexcept {
    return _mm256_set1_ps(x);
}
PITH_ALWAYS_INLINE vf load(const float* p) noexcept {
    return _mm256_loadu_ps(p);
}
PITH_ALWAYS_INLINE void store(float* p, vf v) noexcept {
    _mm256_storeu_ps(p, v);
}
PITH_ALWAYS_INLINE vf add(vf a, vf b) noexcept {
    return _mm256_add_ps(a, b);
}
PITH_ALWAYS_INLINE vf sub(vf a, vf b) noexcept {
    return _mm256_sub_ps(a, b);
}
PITH_ALWAYS_INLINE vf mul(vf a, vf b) noexcept {
    return _mm256_mul_ps(a, b);
}
PITH_ALWAYS_INLINE vf div(vf a, vf b) noexcept {
    return _mm256_div_ps(a, b);
}
/// a * b + c, rounded once.
PITH_ALWAYS_INLINE vf fma(vf a, vf b, vf c) noexcept {
    return _mm256_fmadd_ps(a, b, c);
}
/// The second operand where either is NaN.
PITH_ALWAYS_INLINE vf max(vf a, vf b) noexcept {
    return _mm256_max_ps(a, b);
}
PITH_ALWAYS_INLINE vf min(vf a, vf b) noexcept {
    return _mm256_min_ps(a, b);
}

/// Lanes below `n`.
PITH_ALWAYS_INLINE __m256i lanes_below(std::uint32_t n) noexcept {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<std::int32_t>(n)),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
/// The first `n` elements; the others are zero, and not touched. @pre n <= width
PITH_ALWAYS_INLINE vf load_part(const float* p, std::uint32_t n) noexcept {
    return _mm256_maskload_ps(p, lanes_below(n));
}
PITH_ALWAYS_INLINE void store_part(float* p, vf v, std::uint32_t n) noexcept {
    _mm256_maskstore_ps(p, lanes_below(n), v);
}

} // namespace pith::kernel::x86_avx2::f32
PITH_TARGET_END
#endif

#endif
