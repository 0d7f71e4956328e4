// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_F32_HPP
#define PITH_KERNEL_DEPTHWISE_F32_HPP
/// Depthwise float convolution: every kernel, best first. Sums differ by rounding only.

#include "../arch/target.hpp"
#include "depthwise_f32/args.hpp"
#include "depthwise_f32/arm_neon.hpp"
#include "depthwise_f32/portable.hpp"
#include "depthwise_f32/x86_avx2.hpp"
#include "depthwise_f32/x86_avx512.hpp"
#include "entry.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<depthwise_f32_args> depthwise_f32_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::depthwise_f32<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::depthwise_f32<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::depthwise_f32<Use>)},
    portable_entry<depthwise_f32_args>::value,
};
template <>
struct entries<depthwise_f32_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return depthwise_f32_list<Use>;
    }
};

} // namespace pith::kernel

#endif
