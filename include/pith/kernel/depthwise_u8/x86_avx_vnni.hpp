// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_X86_AVX_VNNI_HPP
#define PITH_KERNEL_DEPTHWISE_U8_X86_AVX_VNNI_HPP
/// Depthwise convolution of codes with AVX-VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../codes_avx2.hpp"
#include "../dot_avx_vnni.hpp"
#include "args.hpp"
#include "gather_avx2.hpp"
#include "portable.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avxvnni,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx_vnni {
namespace depthwise_detail {

namespace epilogue = x86_avx2;
using x86_avx2::every_second;
using x86_avx2::gather;

#include "x86.inl"

} // namespace depthwise_detail

using depthwise_detail::depthwise_u8;

} // namespace pith::kernel::x86_avx_vnni
PITH_TARGET_END
#endif

#endif
