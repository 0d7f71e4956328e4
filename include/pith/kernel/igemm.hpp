// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_HPP
#define PITH_KERNEL_IGEMM_HPP
/// Integer convolution and dense layers, u8 x s8 -> codes or float: every kernel, best first.

#include "entry.hpp"
#include "igemm/args.hpp"
#include "igemm/portable.hpp"

namespace pith::kernel {

inline constexpr entry<igemm_args> igemm_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::igemm},
};

} // namespace pith::kernel

#endif
