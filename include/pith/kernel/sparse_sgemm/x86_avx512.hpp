// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_SGEMM_X86_AVX512_HPP
#define PITH_KERNEL_SPARSE_SGEMM_X86_AVX512_HPP
/// Sparse float convolution, 16 floats at a time.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../base/on_use.hpp"
#include "../sgemm/x86_avx512.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq")
namespace pith::kernel::x86_avx512 {

namespace sgemm_body {
#include "body.inl"
} // namespace sgemm_body

template <class = on_use>
inline void sparse_sgemm(const sparse_sgemm_args& a) noexcept {
    sgemm_body::run_sparse(a);
}

} // namespace pith::kernel::x86_avx512
PITH_TARGET_END
#endif

#endif
