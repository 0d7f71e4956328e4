// SPDX-License-Identifier: MIT
#ifndef PITH_ARCH_TARGET_HPP
#define PITH_ARCH_TARGET_HPP
/// Regions compiled for another instruction set than the rest of the translation unit.
///
/// PITH_TARGET_BEGIN("avx2,fma") ... PITH_TARGET_END encloses kernels, their templates and lambdas included.
/// @pre Every header is included before a region; inside stand only functions whose names or namespace tell
/// the instruction set, since a region's inline functions must not collide with the same functions compiled
/// plainly.

#include "../base/config.hpp"

/// In a list of kernels: the function where it is compiled, null where it is not. An entry's other members
/// stand in the lists of every host, so that programs can be packed for another processor.
#if PITH_X86
#define PITH_X86_KERNEL(...) &__VA_ARGS__
#else
#define PITH_X86_KERNEL(...) nullptr
#endif
#if PITH_AARCH64
#define PITH_AARCH64_KERNEL(...) &__VA_ARGS__
#else
#define PITH_AARCH64_KERNEL(...) nullptr
#endif
/// clang 14 does not take the instruction sets of these in a target region.
#if PITH_AARCH64 && !defined(__clang__)
#define PITH_AARCH64_GNU_KERNEL(...) &__VA_ARGS__
#else
#define PITH_AARCH64_GNU_KERNEL(...) nullptr
#endif
#if PITH_ARM_DSP
#define PITH_ARM_DSP_KERNEL(...) &__VA_ARGS__
#else
#define PITH_ARM_DSP_KERNEL(...) nullptr
#endif

#define PITH_PRAGMA(text) _Pragma(#text)

#if defined(__clang__)
#define PITH_TARGET_BEGIN(features)                                                                          \
    PITH_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define PITH_TARGET_END _Pragma("clang attribute pop")
#else
// g++ 12 takes the undefined operands of its own AVX-512 intrinsics for mistakes: gcc.gnu.org/PR105593.
#define PITH_TARGET_BEGIN(features)                                                                          \
    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wuninitialized\"")                     \
        _Pragma("GCC diagnostic ignored \"-Wmaybe-uninitialized\"") _Pragma("GCC push_options")              \
            PITH_PRAGMA(GCC target(features))
#define PITH_TARGET_END _Pragma("GCC pop_options") _Pragma("GCC diagnostic pop")
#endif

#endif
