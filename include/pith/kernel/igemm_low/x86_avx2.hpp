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
#include "../dot_avx2.hpp"
#include "../igemm/x86_avx2.hpp"
#include "../low_bits_avx2.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx2 {
namespace igemm_low_detail {

using igemm_detail::panels;
using igemm_detail::tile_state;
inline constexpr std::size_t scratch_bytes = std::size_t{72} * 1024;
inline constexpr std::size_t block_bytes = scratch_bytes; // igemm widens the inputs whenever it is called
inline constexpr std::size_t least_panels = 1;

#include "decoder.inl"

#include "decode.inl"

#include "one.inl"

#include "scratch.inl"

#include "deep.inl"

#include "any.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
