// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_ARM_NEON_HPP
#define PITH_KERNEL_IGEMM_ARM_NEON_HPP
/// Integer convolution with NEON.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/arm_neon/dot.hpp"
#include "../epilogue/arm_neon.hpp"
#include "args.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {
namespace igemm_detail {

using simd::arm_neon::dot;
inline constexpr std::uint32_t max_pixels = 4;
inline constexpr int max_panels = 1;
inline constexpr bool echo = false;

#include "vector.inl"

#include "lanes.inl"

} // namespace igemm_detail

using igemm_detail::igemm;

} // namespace pith::kernel::arm_neon
#endif

#endif
