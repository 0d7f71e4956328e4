// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_HPP
#define PITH_KERNEL_DEPTHWISE_U8_HPP
/// Depthwise convolution of uint8 codes: every kernel, best first.

#include "../arch/target.hpp"
#include "depthwise_u8/args.hpp"
#include "depthwise_u8/arm_dsp.hpp"
#include "depthwise_u8/arm_neon.hpp"
#include "depthwise_u8/portable.hpp"
#include "depthwise_u8/x86_avx2.hpp"
#include "depthwise_u8/x86_avx512.hpp"
#include "depthwise_u8/x86_avx512_vnni.hpp"
#include "depthwise_u8/x86_avx_vnni.hpp"
#include "entry.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<depthwise_u8_args> depthwise_u8_list[] = {
    {"x86_avx512_vnni", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vnni, format::any_tile,
     PITH_X86_KERNEL(x86_avx512_vnni::depthwise_u8<Use>)},
    {"x86_avx_vnni", arch::isa::avx2 | arch::isa::avx_vnni, format::any_tile,
     PITH_X86_KERNEL(x86_avx_vnni::depthwise_u8<Use>)},
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::depthwise_u8<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::depthwise_u8<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::depthwise_u8<Use>)},
    {"arm_dsp", arch::isa::arm_dsp, format::any_tile, PITH_ARM_DSP_KERNEL(arm_dsp::depthwise_u8<Use>)},
    portable_entry<depthwise_u8_args>::value,
};
template <>
struct entries<depthwise_u8_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return depthwise_u8_list<Use>;
    }
};

} // namespace pith::kernel

#endif
