// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_HPP
#define PITH_KERNEL_DEPTHWISE_U8_HPP
/// Depthwise convolution of uint8 codes: every kernel, best first.

#include "depthwise_u8/args.hpp"
#include "depthwise_u8/portable.hpp"
#include "entry.hpp"

namespace pith::kernel {

inline constexpr entry<depthwise_u8_args> depthwise_u8_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::depthwise_u8},
};

} // namespace pith::kernel

#endif
