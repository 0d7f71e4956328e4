// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_ARM_NEON_HPP
#define PITH_KERNEL_IGEMM_LOW_ARM_NEON_HPP
/// Low-bit integer convolution with NEON.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/arm_neon/dot.hpp"
#include "../../simd/arm_neon/low_bits.hpp"
#include "../igemm/arm_neon.hpp"
#include "args.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {
namespace igemm_low_detail {

using simd::arm_neon::dot;
using simd::arm_neon::planes;
#include "decoder.inl"

#include "decode.inl"

#include "bytes.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::arm_neon
#endif

#endif
