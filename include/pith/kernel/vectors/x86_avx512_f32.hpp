// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_VECTORS_X86_AVX512_F32_HPP
#define PITH_KERNEL_VECTORS_X86_AVX512_F32_HPP
/// Sixteen floats: the words in which bodies shared by several instruction sets (*.inl) are written.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"

#if PITH_X86
#include "x86_intrinsics.hpp"

PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::kernel::x86_avx512::f32 {

using vf = __m512;
inline constexpr std::uint32_t width = 16;
inline constexpr std::uint32_t registers = 32;

PITH_ALWAYS_INLINE vf zero() noexcept {
    return _mm512_setzero_ps();
}
PITH_ALWAYS_INLINE vf repeat(float x) noexcept {
    return _mm512_set1_ps(x);
}
PITH_ALWAYS_INLINE vf load(const float* p) noexcept {
    return _mm512_loadu_ps(p);
}
PITH_ALWAYS_INLINE void store(float* p, vf v) noexcept {
    _mm512_storeu_ps(p, v);
}
PITH_ALWAYS_INLINE vf add(vf a, vf b) noexcept {
    return _mm512_add_ps(a, b);
}
PITH_ALWAYS_INLINE vf sub(vf a, vf b) noexcept {
    return _mm512_sub_ps(a, b);
}
PITH_ALWAYS_INLINE vf mul(vf a, vf b) noexcept {
    return _mm512_mul_ps(a, b);
}
PITH_ALWAYS_INLINE vf div(vf a, vf b) noexcept {
    return _mm512_div_ps(a, b);
}
/// a * b + c, rounded once.
PITH_ALWAYS_INLINE vf fma(vf a, vf b, vf c) noexcept {
    return _mm512_fmadd_ps(a, b, c);
}
/// The second operand where either is NaN.
PITH_ALWAYS_INLINE vf max(vf a, vf b) noexcept {
    return _mm512_max_ps(a, b);
}
PITH_ALWAYS_INLINE vf min(vf a, vf b) noexcept {
    return _mm512_min_ps(a, b);
}

/// The first `n` elements; the others are zero, and not touched. @pre n <= width
PITH_ALWAYS_INLINE vf load_part(const float* p, std::uint32_t n) noexcept {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << n) - 1u), p);
}
PITH_ALWAYS_INLINE void store_part(float* p, vf v, std::uint32_t n) noexcept {
    if (n == 8) // spares a store across two cache lines
        _mm256_storeu_ps(p, _mm512_castps512_ps256(v));
    else
        _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << n) - 1u), v);
}

} // namespace pith::kernel::x86_avx512::f32
PITH_TARGET_END
#endif

#endif
