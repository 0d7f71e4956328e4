// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_BGEMM_ARM_NEON_HPP
#define PITH_KERNEL_BGEMM_ARM_NEON_HPP
/// Binary convolution with NEON.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/arm_neon/bits.hpp"
#include "../codes.hpp"
#include "../epilogue/arm_neon.hpp"
#include "args.hpp"
#include "taps.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {
namespace bgemm_detail {

using simd::arm_neon::bits;

#include "body.inl"

} // namespace bgemm_detail

#include "any.inl"

} // namespace pith::kernel::arm_neon
#endif

#endif
