// SPDX-License-Identifier: MIT
#ifndef PITH_SIMD_X86_INTRINSICS_HPP
#define PITH_SIMD_X86_INTRINSICS_HPP
/// The intrinsics of x86 that kernels use, at the least cost to who includes them.

#include "../arch/target.hpp"
#include "../base/config.hpp"

#if PITH_X86
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ == 12 && !defined(_IMMINTRIN_H_INCLUDED)
// <immintrin.h> of g++ 12 takes 0.54 s of processor time alone, this file 0.26 s, and Eigen/Core with xsimd,
// which pith.hpp is measured by, 1.25 s: the whole header is mostly instructions that no kernel has.
// Its parts can be included while they believe that it includes them; the whole of it still can be, before or
// after.
#define _IMMINTRIN_H_INCLUDED
#include <x86gprintrin.h>

#include <smmintrin.h>

#include <avxintrin.h>
#include <avxvnniintrin.h>

#include <avx2intrin.h>
#include <fmaintrin.h>

#include <avx512fintrin.h>

using __mmask32 = unsigned int; // of avx512vlintrin.h, the longest of all, of which nothing else is used

#include <avx512bwintrin.h>
#include <avx512dqintrin.h>

#include <avx512vbmiintrin.h>
#include <avx512vnniintrin.h>
#include <avx512vpopcntdqintrin.h>
#undef _IMMINTRIN_H_INCLUDED
#else
#include <immintrin.h>
#endif

PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl")
namespace pith::simd {

/// Stores those of 16 bytes whose bit is set.
PITH_ALWAYS_INLINE void store_bytes(void* to, __mmask16 which, __m128i bytes) noexcept {
#if defined(__clang__) || __GNUC__ != 12
    _mm_mask_storeu_epi8(to, which, bytes);
#else
    using v16 = char __attribute__((vector_size(16)));
    __builtin_ia32_storedquqi128_mask(static_cast<char*>(to), reinterpret_cast<v16>(bytes), which);
#endif
}

} // namespace pith::simd
PITH_TARGET_END
#endif

#endif
