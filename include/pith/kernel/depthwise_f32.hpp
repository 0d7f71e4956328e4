// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_F32_HPP
#define PITH_KERNEL_DEPTHWISE_F32_HPP
/// Depthwise float convolution: every kernel, best first. Sums differ by rounding only.

#include "depthwise_f32/args.hpp"
#include "depthwise_f32/portable.hpp"
#include "entry.hpp"

namespace pith::kernel {

inline constexpr entry<depthwise_f32_args> depthwise_f32_list[] = {
    {"portable", arch::isa::none, format::any_tile, &portable::depthwise_f32},
};

} // namespace pith::kernel

#endif
