// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_KERNEL_X86_AVX2_HPP
#define PITH_TRAIN_KERNEL_X86_AVX2_HPP
/// The kernels of training, 8 floats at a time.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../kernel/vectors/x86_avx2_f32.hpp"
#include "jobs.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma")
namespace pith::train::kernel::x86_avx2 {

using namespace pith::kernel::x86_avx2::f32;
using real = float;
inline constexpr std::uint32_t most_pixels = 12; ///< of a convolution tile one vector wide

/// v where `sign` is greater than zero, else zero.
PITH_ALWAYS_INLINE vf where_positive(vf sign, vf v) noexcept {
    return _mm256_and_ps(_mm256_cmp_ps(sign, _mm256_setzero_ps(), _CMP_GT_OQ), v);
}

#include "body.inl"

} // namespace pith::train::kernel::x86_avx2
PITH_TARGET_END
#endif

#endif
