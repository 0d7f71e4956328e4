// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_BGEMM_X86_AVX2_HPP
#define PITH_KERNEL_BGEMM_X86_AVX2_HPP
/// Binary convolution with AVX2.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx2/bits.hpp"
#include "../codes.hpp"
#include "../epilogue/x86_avx2.hpp"
#include "args.hpp"
#include "taps.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {
namespace bgemm_detail {

using simd::x86_avx2::bits;

#include "body.inl"

} // namespace bgemm_detail

#include "any.inl"

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
