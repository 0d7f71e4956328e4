// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_ARM_NEON_HPP
#define PITH_KERNEL_POOL_ARM_NEON_HPP
/// Pooling with NEON, 16 channels at a time.

#include <cstddef>
#include <cstdint>

#include "../../base/config.hpp"
#include "../../simd/arm_neon/codes.hpp"
#include "args.hpp"
#include "clipped.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {

namespace pool_body {
using simd::arm_neon::codes;
using reals = simd::arm_neon::wide_reals;
#include "body.inl"
} // namespace pool_body

using pool_body::average_pool_f32;
using pool_body::average_pool_u8;
using pool_body::global_average_u8;
using pool_body::max_pool_f32;
using pool_body::max_pool_u8;

} // namespace pith::kernel::arm_neon
#endif

#endif
