// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_CONFIG_HPP
#define PITH_BASE_CONFIG_HPP
/// What the compiler and the processor family are. Instruction sets are a run-time question: see arch/.

#include <bit>

#if defined(__x86_64__)
#define PITH_X86 1
#else
#define PITH_X86 0
#endif

#if defined(__aarch64__)
#define PITH_AARCH64 1
#else
#define PITH_AARCH64 0
#endif

/// Two products of 16 bits in one instruction: the DSP extension of Cortex-M4, M7, M33 and M55.
#if defined(__ARM_FEATURE_SIMD32) && defined(__ARM_ARCH_PROFILE) && !defined(__ARM_BIG_ENDIAN)
#define PITH_ARM_DSP (__ARM_ARCH_PROFILE == 'M')
#else
#define PITH_ARM_DSP 0
#endif

/// Single precision of 32-bit ARM in registers of its own: Cortex-M4 and above, where they have an FPU.
#if defined(__ARM_FP) && !PITH_AARCH64
#define PITH_ARM_FP 1
#else
#define PITH_ARM_FP 0
#endif

/// Floating point is a library of integer code: Cortex-M0, M3 and others without an FPU.
#if (defined(__arm__) && !defined(__ARM_FP)) || (defined(__riscv) && !defined(__riscv_flen))
#define PITH_SOFT_FLOAT 1
#else
#define PITH_SOFT_FLOAT 0
#endif

/// The product of 32 by 32 bits has 64 in one instruction or two; on Cortex-M0 it is a library call.
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
#define PITH_LONG_PRODUCT 0
#else
#define PITH_LONG_PRODUCT 1
#endif

#define PITH_ALWAYS_INLINE [[gnu::always_inline]] inline
#define PITH_NOINLINE [[gnu::noinline]]
#define PITH_RESTRICT __restrict__

namespace pith {
/// Program files are little endian; a big-endian processor reads them through base/bits.hpp.
inline constexpr bool little_endian = std::endian::native == std::endian::little;
} // namespace pith

#endif
