// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_BGEMM_X86_AVX512_VPOPCNT_HPP
#define PITH_KERNEL_BGEMM_X86_AVX512_VPOPCNT_HPP
/// Binary convolution with AVX-512 VPOPCNTDQ.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx512_vpopcnt/bits.hpp"
#include "../codes.hpp"
#include "../epilogue/x86_avx512.hpp"
#include "args.hpp"
#include "taps.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512_vpopcnt {
namespace bgemm_detail {

using simd::x86_avx512_vpopcnt::bits;
namespace epilogue = x86_avx512::epilogue;

#include "body.inl"

} // namespace bgemm_detail

#include "any.inl"

} // namespace pith::kernel::x86_avx512_vpopcnt
PITH_TARGET_END
#endif

#endif
