// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_X86_AVX2_HPP
#define PITH_TRAIN_KERNEL_X86_AVX2_HPP
/// The kernels of training, 8 floats at a time.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../base/on_use.hpp"
#include "../../simd/x86_avx2/reals.hpp"
#include "jobs.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace pith::train::kernel::x86_avx2 {

using simd::x86_avx2::reals;
inline constexpr std::uint32_t most_pixels = 12; ///< of a convolution tile one vector wide

#include "body.inl"

} // namespace pith::train::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
