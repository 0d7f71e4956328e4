// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_HPP
#define PITH_KERNEL_DEPTHWISE_U8_HPP
/// Depthwise convolution of uint8 codes: every kernel, best first.

#include "depthwise_u8/args.hpp"
#include "depthwise_u8/portable.hpp"
#include "depthwise_u8/x86_avx2.hpp"
#include "depthwise_u8/x86_avx512.hpp"
#include "depthwise_u8/x86_avx512_vnni.hpp"
#include "depthwise_u8/x86_avx_vnni.hpp"
#include "entry.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<depthwise_u8_args> depthwise_u8_list[] = {
#if PITH_X86
    {"x86_avx512_vnni", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vnni, format::any_tile,
     &x86_avx512_vnni::depthwise_u8<Use>},
    {"x86_avx_vnni", arch::isa::avx2 | arch::isa::avx_vnni, format::any_tile,
     &x86_avx_vnni::depthwise_u8<Use>},
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::depthwise_u8<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::depthwise_u8<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::depthwise_u8},
};

} // namespace pith::kernel

#endif
