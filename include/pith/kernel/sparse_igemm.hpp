// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_IGEMM_HPP
#define PITH_KERNEL_SPARSE_IGEMM_HPP
/// Integer convolution and dense layers that store only the inputs a panel of 16 outputs uses, u8 x s8 ->
/// codes or float: every kernel, best first. All agree bit for bit.

#include "../arch/target.hpp"
#include "../base/on_use.hpp"
#include "entry.hpp"
#include "sparse_igemm/args.hpp"
#include "sparse_igemm/arm_dotprod.hpp"
#include "sparse_igemm/arm_i8mm.hpp"
#include "sparse_igemm/portable.hpp"
#include "sparse_igemm/x86_avx512_vnni.hpp"
#include "sparse_igemm/x86_avx_vnni.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<sparse_igemm_args> sparse_igemm_list[] = {
    {"x86_avx512_vnni", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vnni, format::any_tile,
     PITH_X86_KERNEL(x86_avx512_vnni::sparse_igemm<Use>)},
    {"x86_avx_vnni", arch::isa::avx2 | arch::isa::avx_vnni, format::any_tile,
     PITH_X86_KERNEL(x86_avx_vnni::sparse_igemm<Use>)},
    {"arm_i8mm", arch::isa::neon | arch::isa::dotprod | arch::isa::i8mm, format::any_tile,
     PITH_AARCH64_GNU_KERNEL(arm_i8mm::sparse_igemm<Use>)},
    {"arm_dotprod", arch::isa::neon | arch::isa::dotprod, format::any_tile,
     PITH_AARCH64_GNU_KERNEL(arm_dotprod::sparse_igemm<Use>)},
    portable_entry<sparse_igemm_args>::value,
};
template <>
struct entries<sparse_igemm_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return sparse_igemm_list<Use>;
    }
};

} // namespace pith::kernel

#endif
