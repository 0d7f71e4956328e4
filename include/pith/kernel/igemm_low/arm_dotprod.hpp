// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_ARM_DOTPROD_HPP
#define PITH_KERNEL_IGEMM_LOW_ARM_DOTPROD_HPP
/// Low-bit integer convolution with the dot product instruction of ARMv8.2.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/arm_dotprod/dot.hpp"
#include "../../simd/arm_neon/low_bits.hpp"
#include "../igemm/arm_dotprod.hpp"
#include "args.hpp"
#include "arm_neon.hpp"

#if PITH_AARCH64 && !defined(__clang__)
PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod")
namespace pith::kernel::arm_dotprod {
namespace igemm_low_detail {

using arm_neon::igemm_low_detail::affine_factors;
using arm_neon::igemm_low_detail::decode_function;
using arm_neon::igemm_low_detail::decoder;
using arm_neon::igemm_low_detail::most_looked_up;
using arm_neon::igemm_low_detail::pick_decode;
using arm_neon::igemm_low_detail::vec;
using simd::arm_dotprod::dot;
using simd::arm_neon::planes;

#include "bytes.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::arm_dotprod
PITH_TARGET_END
#endif

#endif
