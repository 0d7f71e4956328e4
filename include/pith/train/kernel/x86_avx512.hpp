// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_X86_AVX512_HPP
#define PITH_TRAIN_KERNEL_X86_AVX512_HPP
/// The kernels of training, 16 floats at a time.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../kernel/vectors/x86_avx512_f32.hpp"
#include "jobs.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::train::kernel::x86_avx512 {

using namespace pith::kernel::x86_avx512::f32;
using real = float;
inline constexpr std::uint32_t most_pixels = 16; ///< of a convolution tile one vector wide

/// v where `sign` is greater than zero, else zero.
PITH_ALWAYS_INLINE vf where_positive(vf sign, vf v) noexcept {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(sign, _mm512_setzero_ps(), _CMP_GT_OQ), v);
}

#include "body.inl"

} // namespace pith::train::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
