// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_IGEMM_ARM_I8MM_HPP
#define PITH_KERNEL_SPARSE_IGEMM_ARM_I8MM_HPP
/// Sparse integer convolution with the mixed-sign dot product of ARMv8.6.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../arch/target.hpp"
#include "../../base/config.hpp"
#include "../../base/on_use.hpp"
#include "../igemm/arm_i8mm.hpp"
#include "args.hpp"

#if PITH_AARCH64 && !defined(__clang__)
PITH_TARGET_BEGIN("arch=armv8.2-a+dotprod+i8mm")
namespace pith::kernel::arm_i8mm {

namespace igemm_detail {
#include "body.inl"

#include "lanes.inl"
} // namespace igemm_detail

template <class = on_use>
inline void sparse_igemm(const sparse_igemm_args& a) noexcept {
    igemm_detail::run_sparse(a);
}

} // namespace pith::kernel::arm_i8mm
PITH_TARGET_END
#endif

#endif
