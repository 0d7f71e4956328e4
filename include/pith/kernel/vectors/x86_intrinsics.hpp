// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_VECTORS_X86_INTRINSICS_HPP
#define PITH_KERNEL_VECTORS_X86_INTRINSICS_HPP
/// The intrinsics of x86 that kernels use, at the least cost to who includes them.

#include "../../base/config.hpp"

#if PITH_X86
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ == 12 && !defined(_IMMINTRIN_H_INCLUDED)
// <immintrin.h> of g++ 12 compiles in 0.4 seconds, two fifths of them for instructions that no kernel has.
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

#include <avx512vlintrin.h>

#include <avx512bwintrin.h>
#include <avx512dqintrin.h>
#include <avx512vlbwintrin.h>

#include <avx512vbmiintrin.h>
#include <avx512vnniintrin.h>
#undef _IMMINTRIN_H_INCLUDED
#else
#include <immintrin.h>
#endif
#endif

#endif
