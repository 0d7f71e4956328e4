// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_SGEMM_ARM_NEON_HPP
#define PITH_KERNEL_SPARSE_SGEMM_ARM_NEON_HPP
/// Sparse float convolution with NEON, four floats at a time.

#include <cstddef>
#include <cstdint>
#include <utility>

#include "../../base/config.hpp"
#include "../../base/on_use.hpp"
#include "../sgemm/arm_neon.hpp"
#include "args.hpp"

#if PITH_AARCH64
namespace pith::kernel::arm_neon {

namespace sgemm_body {
#include "body.inl"
} // namespace sgemm_body

template <class = on_use>
inline void sparse_sgemm(const sparse_sgemm_args& a) noexcept {
    sgemm_body::run_sparse(a);
}

} // namespace pith::kernel::arm_neon
#endif

#endif
