// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SGEMM_ARM_NEON_HPP
#define PITH_KERNEL_SGEMM_ARM_NEON_HPP
/// Float convolution with NEON, 4 floats at a time.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../base/config.hpp"
#include "../../simd/arm_neon/reals.hpp"
#include "../real.hpp"
#include "args.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {

namespace sgemm_body {
using simd::arm_neon::reals;
#include "body.inl"
} // namespace sgemm_body

/// Reads weights packed as {16, 1}.
template <class = on_use>
inline void sgemm(const sgemm_args& a) noexcept {
    sgemm_body::run(a);
}

} // namespace pith::kernel::arm_neon
#endif

#endif
