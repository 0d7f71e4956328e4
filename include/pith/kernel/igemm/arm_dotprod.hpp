// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_ARM_DOTPROD_HPP
#define PITH_KERNEL_IGEMM_ARM_DOTPROD_HPP
/// Integer convolution with the dot product instruction of ARMv8.2, which has no mixed signs.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/arm_dotprod/dot.hpp"
#include "../epilogue/arm_neon.hpp"
#include "args.hpp"

#if PITH_AARCH64 && !defined(__clang__)
PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod")
namespace pith::kernel::arm_dotprod {
namespace igemm_detail {

using simd::arm_dotprod::dot;
namespace epilogue = arm_neon::epilogue;
inline constexpr std::uint32_t max_pixels = 5;
inline constexpr int max_panels = 1;
inline constexpr bool echo = false;

#include "vector.inl"

#include "lanes.inl"

} // namespace igemm_detail

using igemm_detail::igemm;

} // namespace pith::kernel::arm_dotprod
PITH_TARGET_END
#endif

#endif
