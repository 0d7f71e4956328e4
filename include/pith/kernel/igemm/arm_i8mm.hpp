// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_ARM_I8MM_HPP
#define PITH_KERNEL_IGEMM_ARM_I8MM_HPP
/// Integer convolution with the mixed-sign dot product of ARMv8.6.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/arm_i8mm/dot.hpp"
#include "../epilogue/arm_neon.hpp"
#include "args.hpp"

#if PITH_AARCH64 && !defined(__clang__)
PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod+i8mm")
namespace pith::kernel::arm_i8mm {
namespace igemm_detail {

using simd::arm_i8mm::dot;
namespace epilogue = arm_neon::epilogue;
inline constexpr std::uint32_t max_pixels = 5;
inline constexpr int max_panels = 1;
inline constexpr bool echo = false;

#include "vector.inl"

#include "lanes.inl"

} // namespace igemm_detail

using igemm_detail::igemm;

} // namespace pith::kernel::arm_i8mm
PITH_TARGET_END
#endif

#endif
