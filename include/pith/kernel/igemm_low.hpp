// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_HPP
#define PITH_KERNEL_IGEMM_LOW_HPP
/// Integer convolution and dense layers with weights of one to seven bits: every kernel, best first.

#include "../arch/target.hpp"
#include "entry.hpp"
#include "igemm_low/args.hpp"
#include "igemm_low/arm_dotprod.hpp"
#include "igemm_low/arm_dsp.hpp"
#include "igemm_low/arm_i8mm.hpp"
#include "igemm_low/arm_neon.hpp"
#include "igemm_low/portable.hpp"
#include "igemm_low/x86_avx2.hpp"
#include "igemm_low/x86_avx512.hpp"
#include "igemm_low/x86_avx512_vbmi.hpp"
#include "igemm_low/x86_avx512_vnni.hpp"
#include "igemm_low/x86_avx_vnni.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<igemm_low_args> igemm_low_list[] = {
    {"x86_avx512_vbmi", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vnni | arch::isa::avx512_vbmi,
     format::low_bit_tile, PITH_X86_KERNEL(x86_avx512_vbmi::igemm_low<Use>)},
    {"x86_avx512_vnni", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vnni, format::low_bit_tile,
     PITH_X86_KERNEL(x86_avx512_vnni::igemm_low<Use>)},
    {"x86_avx_vnni", arch::isa::avx2 | arch::isa::avx_vnni, format::low_bit_tile,
     PITH_X86_KERNEL(x86_avx_vnni::igemm_low<Use>)},
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::low_bit_tile,
     PITH_X86_KERNEL(x86_avx512::igemm_low<Use>)},
    {"x86_avx2", arch::isa::avx2, format::low_bit_tile, PITH_X86_KERNEL(x86_avx2::igemm_low<Use>)},
    {"arm_i8mm", arch::isa::neon | arch::isa::dotprod | arch::isa::i8mm, format::low_bit_tile,
     PITH_AARCH64_GNU_KERNEL(arm_i8mm::igemm_low<Use>)},
    {"arm_dotprod", arch::isa::neon | arch::isa::dotprod, format::low_bit_tile,
     PITH_AARCH64_GNU_KERNEL(arm_dotprod::igemm_low<Use>)},
    {"arm_neon", arch::isa::neon, format::low_bit_tile, PITH_AARCH64_KERNEL(arm_neon::igemm_low<Use>)},
    {"arm_dsp", arch::isa::arm_dsp, format::low_bit_tile, PITH_ARM_DSP_KERNEL(arm_dsp::igemm_low<Use>)},
    portable_entry<igemm_low_args>::value,
};
template <>
struct entries<igemm_low_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return igemm_low_list<Use>;
    }
};

} // namespace pith::kernel

#endif
