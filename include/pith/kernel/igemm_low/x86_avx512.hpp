// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_X86_AVX512_HPP
#define PITH_KERNEL_IGEMM_LOW_X86_AVX512_HPP
/// Low-bit integer convolution with AVX-512 on processors without VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx512/dot.hpp"
#include "../../simd/x86_avx512/low_bits.hpp"
#include "../igemm/x86_avx512.hpp"
#include "args.hpp"
#include "x86_avx2.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512 {
namespace igemm_low_detail {

using igemm_detail::panel_outputs;
using simd::x86_avx512::planes;
using x86_avx2::igemm_low_detail::igemm_one; // bound by memory
using x86_avx2::igemm_low_detail::suits_one;

#include "decoder.inl"

#include "decode.inl"

#include "widened.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
