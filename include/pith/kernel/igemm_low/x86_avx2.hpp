// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_X86_AVX2_HPP
#define PITH_KERNEL_IGEMM_LOW_X86_AVX2_HPP
/// Low-bit integer convolution with AVX2.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx2/dot.hpp"
#include "../../simd/x86_avx2/low_bits.hpp"
#include "../igemm/x86_avx2.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {
namespace igemm_low_detail {

using igemm_detail::panel_outputs;
using igemm_detail::panels;
using igemm_detail::tile_state;
using simd::x86_avx2::dot;
using simd::x86_avx2::dot_small;
using simd::x86_avx2::planes;

#include "decoder.inl"

#include "decode.inl"

#include "one.inl"

#include "widened.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
