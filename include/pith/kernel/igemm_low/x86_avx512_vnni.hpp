// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_X86_AVX512_VNNI_HPP
#define PITH_KERNEL_IGEMM_LOW_X86_AVX512_VNNI_HPP
/// Low-bit integer convolution with AVX-512 VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx512/low_bits.hpp"
#include "../../simd/x86_avx512_vnni/dot.hpp"
#include "../igemm/x86_avx512_vnni.hpp"
#include "args.hpp"
#include "x86_avx512.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512vnni,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512_vnni {
namespace igemm_low_detail {

using simd::x86_avx512::planes;
using simd::x86_avx512_vnni::dot;
using x86_avx512::igemm_low_detail::affine_factors;
using x86_avx512::igemm_low_detail::decode_function;
using x86_avx512::igemm_low_detail::decoder;
using x86_avx512::igemm_low_detail::most_looked_up;
using x86_avx512::igemm_low_detail::pick_decode;
using x86_avx512::igemm_low_detail::vec;

#include "bytes.inl"

} // namespace igemm_low_detail

using igemm_low_detail::igemm_low;

} // namespace pith::kernel::x86_avx512_vnni
PITH_TARGET_END
#endif

#endif
