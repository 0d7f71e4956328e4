// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_HPP
#define PITH_KERNEL_IGEMM_LOW_HPP
/// Integer convolution and dense layers with weights of one to seven bits: every kernel, best first.

#include "entry.hpp"
#include "igemm_low/args.hpp"
#include "igemm_low/portable.hpp"

namespace pith::kernel {

inline constexpr entry<igemm_low_args> igemm_low_list[] = {
    {"portable", arch::isa::none, format::low_bit_tile, &portable::igemm_low},
};

} // namespace pith::kernel

#endif
