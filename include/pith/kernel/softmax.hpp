// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SOFTMAX_HPP
#define PITH_KERNEL_SOFTMAX_HPP
/// Softmax: every kernel, best first.

#include "entry.hpp"
#include "softmax/args.hpp"
#include "softmax/portable.hpp"

namespace pith::kernel {

inline constexpr entry<softmax_f32_args> softmax_f32_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::softmax_f32},
};

inline constexpr entry<softmax_u8_args> softmax_u8_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::softmax_u8},
};

} // namespace pith::kernel

#endif
