// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_SGEMM_HPP
#define PITH_KERNEL_SPARSE_SGEMM_HPP
/// Float convolution and dense layers that store only the inputs a panel of 16 outputs uses: every kernel,
/// best first. Sums differ by rounding only; the bound is in sparse_sgemm/portable.hpp.

#include "../arch/target.hpp"
#include "../base/on_use.hpp"
#include "entry.hpp"
#include "sparse_sgemm/args.hpp"
#include "sparse_sgemm/arm_neon.hpp"
#include "sparse_sgemm/portable.hpp"
#include "sparse_sgemm/x86_avx2.hpp"
#include "sparse_sgemm/x86_avx512.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<sparse_sgemm_args> sparse_sgemm_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::sparse_sgemm<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::sparse_sgemm<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::sparse_sgemm<Use>)},
    portable_entry<sparse_sgemm_args>::value,
};
template <>
struct entries<sparse_sgemm_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return sparse_sgemm_list<Use>;
    }
};

} // namespace pith::kernel

#endif
