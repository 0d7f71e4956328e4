// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_MOVEMENT_HPP
#define PITH_KERNEL_MOVEMENT_HPP
/// Copying, padding, gathering and converting: every kernel, best first.

#include "entry.hpp"
#include "movement/args.hpp"
#include "movement/convert.hpp"
#include "movement/portable.hpp"

namespace pith::kernel {

inline constexpr entry<copy_args> copy_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::copy},
};

inline constexpr entry<pad_args> pad_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::pad},
};

inline constexpr entry<gather_args> gather_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::gather},
};

inline constexpr entry<convert_args> convert_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::convert},
};

} // namespace pith::kernel

#endif
