// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_F32_ARM_NEON_HPP
#define PITH_KERNEL_DEPTHWISE_F32_ARM_NEON_HPP
/// Depthwise float convolution with NEON, 4 channels at a time.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../../base/config.hpp"
#include "../../simd/arm_neon/reals.hpp"
#include "../real.hpp"
#include "args.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {

namespace depthwise_f32_body {
using simd::arm_neon::reals;
#include "body.inl"
} // namespace depthwise_f32_body

template <class = on_use>
inline void depthwise_f32(const depthwise_f32_args& a) noexcept {
    depthwise_f32_body::run(a);
}

} // namespace pith::kernel::arm_neon
#endif

#endif
