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
#include "../dot_avx512.hpp"
#include "../igemm/x86_avx512.hpp"
#include "../low_bits_avx512.hpp"
#include "args.hpp"
#include "x86_avx2.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512 {
namespace igemm_low_detail {

using x86_avx2::igemm_low_detail::igemm_one; // bound by memory
using x86_avx2::igemm_low_detail::suits_one;
inline constexpr std::size_t scratch_bytes = std::size_t{72} * 1024;
inline constexpr std::size_t block_bytes = scratch_bytes; // igemm widens the inputs whenever it is called
inline constexpr std::size_t least_panels = 1;

#include "decoder.inl"

#include "decode.inl"

#include "scratch.inl"

#include "deep.inl"

#include "any.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
