// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_X86_AVX512_HPP
#define PITH_KERNEL_IGEMM_LOW_X86_AVX512_HPP
/// Low-bit integer convolution with AVX-512 on processors without VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../dot_avx512.hpp"
#include "../igemm/x86_avx512.hpp"
#include "../low_bits_avx512.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512 {
namespace igemm_low_detail {

using igemm_detail::panels;
using igemm_detail::tile_state;

#define PITH_TARGET_BODY
#include "vector_body.hpp"
#undef PITH_TARGET_BODY

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
