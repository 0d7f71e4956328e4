// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_X86_AVX_VNNI_HPP
#define PITH_KERNEL_IGEMM_LOW_X86_AVX_VNNI_HPP
/// Low-bit integer convolution with AVX-VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../dot_avx_vnni.hpp"
#include "../igemm/x86_avx_vnni.hpp"
#include "../low_bits_avx2.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avxvnni,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx_vnni {
namespace igemm_low_detail {

using igemm_detail::panels;
using igemm_detail::tile_state;
using x86_avx2::planes;
using dot_small = dot;
inline constexpr int small_codes = 128;

#define PITH_TARGET_BODY
#include "vector_body.hpp"
#undef PITH_TARGET_BODY

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx_vnni
PITH_TARGET_END
#endif

#endif
