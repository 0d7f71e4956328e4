// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_ARM_I8MM_HPP
#define PITH_KERNEL_IGEMM_LOW_ARM_I8MM_HPP
/// Low-bit integer convolution with the mixed-sign dot product of ARMv8.6.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/arm_i8mm/dot.hpp"
#include "../../simd/arm_neon/low_bits.hpp"
#include "../igemm/arm_i8mm.hpp"
#include "args.hpp"
#include "arm_neon.hpp"

#if PITH_AARCH64 && !defined(__clang__)
PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod+i8mm")
namespace pith::kernel::arm_i8mm {
namespace igemm_low_detail {

using arm_neon::igemm_low_detail::affine_factors;
using arm_neon::igemm_low_detail::decode_function;
using arm_neon::igemm_low_detail::decoder;
using arm_neon::igemm_low_detail::most_looked_up;
using arm_neon::igemm_low_detail::pick_decode;
using arm_neon::igemm_low_detail::vec;
using simd::arm_i8mm::dot;
using simd::arm_neon::planes;

#include "bytes.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::arm_i8mm
PITH_TARGET_END
#endif

#endif
