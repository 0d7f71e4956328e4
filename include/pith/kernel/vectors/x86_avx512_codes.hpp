// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_VECTORS_X86_AVX512_CODES_HPP
#define PITH_KERNEL_VECTORS_X86_AVX512_CODES_HPP
/// uint8 codes, sixteen of them as integers or floats, or 64 as bytes: the words of bodies shared by several
/// instruction sets.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "x86_avx512_f32.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::kernel::x86_avx512::codes {

using vi = __m512i; ///< int32
using vb = __m512i; ///< bytes
inline constexpr std::uint32_t bytes = 64;

PITH_ALWAYS_INLINE vi repeat_whole(std::int32_t x) noexcept {
    return _mm512_set1_epi32(x);
}
PITH_ALWAYS_INLINE vi load_whole(const std::uint8_t* p) noexcept {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
PITH_ALWAYS_INLINE vi add_whole(vi a, vi b) noexcept {
    return _mm512_add_epi32(a, b);
}
PITH_ALWAYS_INLINE vi sub_whole(vi a, vi b) noexcept {
    return _mm512_sub_epi32(a, b);
}
PITH_ALWAYS_INLINE vi mul_whole(vi a, vi b) noexcept {
    return _mm512_mullo_epi32(a, b);
}
PITH_ALWAYS_INLINE f32::vf to_real(vi a) noexcept {
    return _mm512_cvtepi32_ps(a);
}
/// Nearest, ties to even. @pre |a| < 2^31
PITH_ALWAYS_INLINE vi to_whole(f32::vf a) noexcept {
    return _mm512_cvtps_epi32(a);
}
/// The same value; what follows is not fused with what made it.
PITH_ALWAYS_INLINE f32::vf apart(f32::vf a) noexcept {
    __asm__("" : "+v"(a));
    return a;
}
/// The first `n` integers as codes. @pre each in [0, 255], n <= 16
PITH_ALWAYS_INLINE void store_codes(std::uint8_t* p, vi v, std::size_t n) noexcept {
    const __m128i packed = _mm512_cvtepi32_epi8(v);
    if (n == 16)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(p), packed);
    else
        store_bytes(p, static_cast<__mmask16>((1u << n) - 1u), packed);
}

PITH_ALWAYS_INLINE vb load_bytes(const std::uint8_t* p) noexcept {
    return _mm512_loadu_si512(p);
}
PITH_ALWAYS_INLINE vb max_bytes(vb a, vb b) noexcept {
    return _mm512_max_epu8(a, b);
}
/// @pre n <= bytes
PITH_ALWAYS_INLINE void store_bytes(std::uint8_t* p, vb v, std::size_t n) noexcept {
    if (n == bytes)
        _mm512_storeu_si512(p, v);
    else
        _mm512_mask_storeu_epi8(p, (std::uint64_t{1} << n) - 1u, v);
}

} // namespace pith::kernel::x86_avx512::codes
PITH_TARGET_END
#endif

#endif
