// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_RESIZE_HPP
#define PITH_KERNEL_RESIZE_HPP
/// Resizing: every kernel, best first.

#include "entry.hpp"
#include "resize/args.hpp"
#include "resize/portable.hpp"

namespace pith::kernel {

inline constexpr entry<resize_f32_args> resize_f32_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::resize_f32},
};

inline constexpr entry<resize_u8_args> resize_u8_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::resize_u8},
};

} // namespace pith::kernel

#endif
