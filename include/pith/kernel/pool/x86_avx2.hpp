// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_X86_AVX2_HPP
#define PITH_KERNEL_POOL_X86_AVX2_HPP
/// Pooling, 8 channels at a time (32 for maxima of codes).

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx2/codes.hpp"
#include "../../simd/x86_avx2/reals.hpp"
#include "args.hpp"
#include "clipped.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace pith::kernel::x86_avx2 {

namespace pool_body {
using simd::x86_avx2::codes;
using simd::x86_avx2::reals;
#include "body.inl"
} // namespace pool_body

using pool_body::average_pool_f32;
using pool_body::average_pool_u8;
using pool_body::global_average_u8;
using pool_body::max_pool_f32;
using pool_body::max_pool_u8;

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
