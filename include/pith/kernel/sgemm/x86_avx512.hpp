// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SGEMM_X86_AVX512_HPP
#define PITH_KERNEL_SGEMM_X86_AVX512_HPP
/// Float convolution, 16 floats at a time.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../simd/x86_avx512/reals.hpp"
#include "../real.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::kernel::x86_avx512 {

namespace sgemm_body {
using simd::x86_avx512::reals;
#include "body.inl"
} // namespace sgemm_body

/// Reads weights packed as {16, 1}.
template <class = on_use>
inline void sgemm(const sgemm_args& a) noexcept {
    sgemm_body::run(a);
}

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
