// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_X86_AVX512_HPP
#define PITH_TRAIN_KERNEL_X86_AVX512_HPP
/// The kernels of training, 16 floats at a time.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../base/on_use.hpp"
#include "../../simd/x86_avx512/reals.hpp"
#include "jobs.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::train::kernel::x86_avx512 {

using simd::x86_avx512::reals;
inline constexpr std::uint32_t most_pixels = 16; ///< of a convolution tile one vector wide

#include "body.inl"

} // namespace pith::train::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
