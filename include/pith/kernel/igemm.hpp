// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_HPP
#define PITH_KERNEL_IGEMM_HPP
/// Integer convolution and dense layers, u8 x s8 -> codes or float: every kernel, best first.

#include "../arch/target.hpp"
#include "entry.hpp"
#include "igemm/args.hpp"
#include "igemm/arm_dotprod.hpp"
#include "igemm/arm_dsp.hpp"
#include "igemm/arm_i8mm.hpp"
#include "igemm/arm_neon.hpp"
#include "igemm/portable.hpp"
#include "igemm/x86_avx2.hpp"
#include "igemm/x86_avx512.hpp"
#include "igemm/x86_avx512_vnni.hpp"
#include "igemm/x86_avx_vnni.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<igemm_args> igemm_list[] = {
    {"x86_avx512_vnni", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vnni, igemm_vector_tile,
     PITH_X86_KERNEL(x86_avx512_vnni::igemm<Use>)},
    {"x86_avx_vnni", arch::isa::avx2 | arch::isa::avx_vnni, igemm_vector_tile,
     PITH_X86_KERNEL(x86_avx_vnni::igemm<Use>)},
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, igemm_vector_tile,
     PITH_X86_KERNEL(x86_avx512::igemm<Use>)},
    {"x86_avx2", arch::isa::avx2, igemm_vector_tile, PITH_X86_KERNEL(x86_avx2::igemm<Use>)},
    {"arm_i8mm", arch::isa::neon | arch::isa::dotprod | arch::isa::i8mm, igemm_vector_tile,
     PITH_AARCH64_GNU_KERNEL(arm_i8mm::igemm<Use>)},
    {"arm_dotprod", arch::isa::neon | arch::isa::dotprod, igemm_vector_tile,
     PITH_AARCH64_GNU_KERNEL(arm_dotprod::igemm<Use>)},
    {"arm_neon", arch::isa::neon, igemm_vector_tile, PITH_AARCH64_KERNEL(arm_neon::igemm<Use>)},
    {"arm_dsp", arch::isa::arm_dsp, igemm_vector_tile, PITH_ARM_DSP_KERNEL(arm_dsp::igemm<Use>)},
    portable_entry<igemm_args>::value,
};
template <>
struct entries<igemm_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return igemm_list<Use>;
    }
};

} // namespace pith::kernel

#endif
