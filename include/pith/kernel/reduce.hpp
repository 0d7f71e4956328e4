// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_REDUCE_HPP
#define PITH_KERNEL_REDUCE_HPP
/// Reductions: every kernel, best first.

#include "entry.hpp"
#include "reduce/args.hpp"
#include "reduce/portable.hpp"

namespace pith::kernel {

inline constexpr entry<reduce_f32_args> reduce_f32_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::reduce_f32},
};

} // namespace pith::kernel

#endif
