// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_X86_AVX512_HPP
#define PITH_KERNEL_IGEMM_X86_AVX512_HPP
/// Integer convolution with AVX-512 on processors without VNNI.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/x86_avx512/dot.hpp"
#include "../epilogue/x86_avx512.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512 {
namespace igemm_detail {

using dot = simd::x86_avx512::dot_widened;
inline constexpr std::uint32_t max_pixels = 8;
inline constexpr int max_panels = 2;
inline constexpr bool echo = false;

#include "vector.inl"

#include "sums.inl"

#include "widened.inl"

#include "deep.inl"
#include "one.inl"

} // namespace igemm_detail

#include "any.inl"

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
