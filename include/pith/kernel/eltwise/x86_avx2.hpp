// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_X86_AVX2_HPP
#define PITH_KERNEL_ELTWISE_X86_AVX2_HPP
/// Element-wise operations, 8 elements at a time.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx2/codes.hpp"
#include "../../simd/x86_avx2/reals.hpp"
#include "../axes.hpp"
#include "args.hpp"
#include "binary.hpp"
#include "unary.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace pith::kernel::x86_avx2 {

namespace eltwise_body {
using simd::x86_avx2::codes;
using simd::x86_avx2::reals;
#include "body.inl"
} // namespace eltwise_body

using eltwise_body::add_u8;
using eltwise_body::binary_f32;
using eltwise_body::dequantize;
using eltwise_body::mul_u8;
using eltwise_body::quantize;
using eltwise_body::unary_f32;

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
