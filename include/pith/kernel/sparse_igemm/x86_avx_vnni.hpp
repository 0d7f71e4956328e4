// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_IGEMM_X86_AVX_VNNI_HPP
#define PITH_KERNEL_SPARSE_IGEMM_X86_AVX_VNNI_HPP
/// Sparse integer convolution with AVX-VNNI.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../base/on_use.hpp"
#include "../igemm/x86_avx_vnni.hpp"
#include "args.hpp"

#if PITH_X86
PITH_TARGET_BEGIN("avxvnni,avx2,fma,f16c,bmi,bmi2,popcnt")
namespace pith::kernel::x86_avx_vnni {

namespace igemm_detail {
#include "body.inl"

#include "sums.inl"
} // namespace igemm_detail

template <class = on_use>
inline void sparse_igemm(const sparse_igemm_args& a) noexcept {
    igemm_detail::run_sparse(a);
}

} // namespace pith::kernel::x86_avx_vnni
PITH_TARGET_END
#endif

#endif
