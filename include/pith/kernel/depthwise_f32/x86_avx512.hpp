// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_F32_X86_AVX512_HPP
#define PITH_KERNEL_DEPTHWISE_F32_X86_AVX512_HPP
/// Depthwise float convolution, 16 channels at a time.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx512/reals.hpp"
#include "../real.hpp"
#include "args.hpp"
#include "x86_avx2.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::kernel::x86_avx512 {

namespace depthwise_f32_body {
using simd::x86_avx512::reals;
#include "body.inl"
} // namespace depthwise_f32_body

template <class = on_use>
inline void depthwise_f32(const depthwise_f32_args& a) noexcept {
    // Half as wide a vector loads half as much for few channels.
    a.over.run_length <= 8 ? x86_avx2::depthwise_f32(a) : depthwise_f32_body::run(a);
}

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
