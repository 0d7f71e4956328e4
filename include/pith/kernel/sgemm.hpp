// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SGEMM_HPP
#define PITH_KERNEL_SGEMM_HPP
/// Float convolution and dense layers: every kernel, best first. Sums differ by rounding only; the bound is
/// in sgemm/portable.hpp.

#include "entry.hpp"
#include "sgemm/args.hpp"
#include "sgemm/portable.hpp"

namespace pith::kernel {

/// How weights are packed for every SIMD kernel of the list.
inline constexpr format::tile sgemm_tile{16, 1};

inline constexpr entry<sgemm_args> sgemm_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::sgemm},
};

} // namespace pith::kernel

#endif
