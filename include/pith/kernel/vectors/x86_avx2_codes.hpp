// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_VECTORS_X86_AVX2_CODES_HPP
#define PITH_KERNEL_VECTORS_X86_AVX2_CODES_HPP
/// uint8 codes, eight of them as integers or floats, or 32 as bytes: the words of bodies shared by several
/// instruction sets.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "x86_avx2_f32.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace pith::kernel::x86_avx2::codes {

using vi = __m256i; ///< int32
using vb = __m256i; ///< bytes
inline constexpr std::uint32_t bytes = 32;

PITH_ALWAYS_INLINE vi repeat_whole(std::int32_t x) noexcept {
    return _mm256_set1_epi32(x);
}
PITH_ALWAYS_INLINE vi load_whole(const std::uint8_t* p) noexcept {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}
PITH_ALWAYS_INLINE vi add_whole(vi a, vi b) noexcept {
    return _mm256_add_epi32(a, b);
}
PITH_ALWAYS_INLINE vi sub_whole(vi a, vi b) noexcept {
    return _mm256_sub_epi32(a, b);
}
PITH_ALWAYS_INLINE vi mul_whole(vi a, vi b) noexcept {
    return _mm256_mullo_epi32(a, b);
}
PITH_ALWAYS_INLINE f32::vf to_real(vi a) noexcept {
    return _mm256_cvtepi32_ps(a);
}
/// Nearest, ties to even. @pre |a| < 2^31
PITH_ALWAYS_INLINE vi to_whole(f32::vf a) noexcept {
    return _mm256_cvtps_epi32(a);
}
/// The same value; what follows is not fused with what made it.
PITH_ALWAYS_INLINE f32::vf apart(f32::vf a) noexcept {
    __asm__("" : "+x"(a));
    return a;
}
/// The first `n` integers as codes. @pre each in [0, 255], n <= 8
PITH_ALWAYS_INLINE void store_codes(std::uint8_t* p, vi v, std::size_t n) noexcept {
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    const __m128i packed = _mm_packus_epi16(words, words);
    if (n == 8) {
        _mm_storel_epi64(reinterpret_cast<__m128i*>(p), packed);
        return;
    }
    alignas(16) std::uint8_t all[16];
    _mm_store_si128(reinterpret_cast<__m128i*>(all), packed);
    std::memcpy(p, all, n);
}

PITH_ALWAYS_INLINE vb load_bytes(const std::uint8_t* p) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}
PITH_ALWAYS_INLINE vb max_bytes(vb a, vb b) noexcept {
    return _mm256_max_epu8(a, b);
}
/// @pre n <= bytes
PITH_ALWAYS_INLINE void store_bytes(std::uint8_t* p, vb v, std::size_t n) noexcept {
    if (n == bytes) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
        return;
    }
    alignas(32) std::uint8_t all[bytes];
    _mm256_store_si256(reinterpret_cast<__m256i*>(all), v);
    std::memcpy(p, all, n);
}

} // namespace pith::kernel::x86_avx2::codes
PITH_TARGET_END
#endif

#endif
