// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_X86_AVX2_HPP
#define PITH_KERNEL_IGEMM_X86_AVX2_HPP
/// Integer convolution with AVX2.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/x86_avx2/dot.hpp"
#include "../epilogue/x86_avx2.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {
namespace igemm_detail {

using dot = simd::x86_avx2::dot_widened;
inline constexpr std::uint32_t max_pixels = 6;
inline constexpr int max_panels = 1;
inline constexpr bool echo = false;

#include "vector.inl"

#include "sums.inl"

#include "widened.inl"

#include "deep.inl"
#include "one.inl"

} // namespace igemm_detail

#include "any.inl"

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
