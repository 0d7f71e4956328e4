// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_F32_HPP
#define PITH_KERNEL_DEPTHWISE_F32_HPP
/// Depthwise float convolution: every kernel, best first. Sums differ by rounding only.

#include "depthwise_f32/args.hpp"
#include "depthwise_f32/portable.hpp"
#include "depthwise_f32/x86_avx2.hpp"
#include "depthwise_f32/x86_avx512.hpp"
#include "entry.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<depthwise_f32_args> depthwise_f32_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::depthwise_f32<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::depthwise_f32<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::depthwise_f32},
};

} // namespace pith::kernel

#endif
