// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_X86_AVX_VNNI_HPP
#define PITH_KERNEL_IGEMM_LOW_X86_AVX_VNNI_HPP
/// Low-bit integer convolution with AVX-VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx2/low_bits.hpp"
#include "../../simd/x86_avx_vnni/dot.hpp"
#include "../igemm/x86_avx_vnni.hpp"
#include "args.hpp"
#include "x86_avx2.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avxvnni,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx_vnni {
namespace igemm_low_detail {

using simd::x86_avx2::planes;
using simd::x86_avx_vnni::dot;
using x86_avx2::igemm_low_detail::affine_factors;
using x86_avx2::igemm_low_detail::decode_function;
using x86_avx2::igemm_low_detail::decoder;
using x86_avx2::igemm_low_detail::most_looked_up;
using x86_avx2::igemm_low_detail::pick_decode;
using x86_avx2::igemm_low_detail::vec;

#include "bytes.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx_vnni
PITH_TARGET_END
#endif

#endif
