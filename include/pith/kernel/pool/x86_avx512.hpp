// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_X86_AVX512_HPP
#define PITH_KERNEL_POOL_X86_AVX512_HPP
/// Pooling, 16 channels at a time (64 for maxima of codes).

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx512/codes.hpp"
#include "../../simd/x86_avx512/reals.hpp"
#include "args.hpp"
#include "clipped.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::kernel::x86_avx512 {

namespace pool_body {
using simd::x86_avx512::codes;
using simd::x86_avx512::reals;
#include "body.inl"
} // namespace pool_body

using pool_body::average_pool_f32;
using pool_body::average_pool_u8;
using pool_body::global_average_u8;
using pool_body::max_pool_f32;
using pool_body::max_pool_u8;

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
