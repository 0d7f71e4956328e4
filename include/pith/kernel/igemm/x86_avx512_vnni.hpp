// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_X86_AVX512_VNNI_HPP
#define PITH_KERNEL_IGEMM_X86_AVX512_VNNI_HPP
/// Integer convolution with AVX-512 VNNI.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/x86_avx512_vnni/dot.hpp"
#include "../epilogue/x86_avx512.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx512vnni,avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx512_vnni {
namespace igemm_detail {

using simd::x86_avx512_vnni::dot;
namespace epilogue = x86_avx512::epilogue;
inline constexpr std::uint32_t max_pixels = 8;
inline constexpr int max_panels = 2;
inline constexpr bool echo = true;

#include "vector.inl"

#include "sums.inl"

} // namespace igemm_detail

using igemm_detail::igemm;

} // namespace pith::kernel::x86_avx512_vnni
PITH_TARGET_END
#endif

#endif
