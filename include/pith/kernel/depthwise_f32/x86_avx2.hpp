// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_F32_X86_AVX2_HPP
#define PITH_KERNEL_DEPTHWISE_F32_X86_AVX2_HPP
/// Depthwise float convolution, 8 channels at a time.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx2/reals.hpp"
#include "../real.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace pith::kernel::x86_avx2 {

namespace depthwise_f32_body {
using simd::x86_avx2::reals;
#include "body.inl"
} // namespace depthwise_f32_body

template <class = on_use>
inline void depthwise_f32(const depthwise_f32_args& a) noexcept {
    depthwise_f32_body::run(a);
}

} // namespace pith::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
