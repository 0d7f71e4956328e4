// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SGEMM_HPP
#define PITH_KERNEL_SGEMM_HPP
/// Float convolution and dense layers: every kernel, best first. Sums differ by rounding only; the bound is
/// in sgemm/portable.hpp.

#include "../arch/target.hpp"
#include "entry.hpp"
#include "sgemm/args.hpp"
#include "sgemm/arm_neon.hpp"
#include "sgemm/portable.hpp"
#include "sgemm/x86_avx2.hpp"
#include "sgemm/x86_avx512.hpp"

// Only where it is asked for: the kernels above it are faster, and xsimd costs compile time.
#if defined(__has_include) && defined(PITH_XSIMD) && !defined(PITH_NO_XSIMD)
#if __has_include(<xsimd/xsimd.hpp>)
#include "sgemm/simd.hpp"
#endif
#endif

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<sgemm_args> sgemm_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, sgemm_tile, PITH_X86_KERNEL(x86_avx512::sgemm<Use>)},
    {"x86_avx2", arch::isa::avx2, sgemm_tile, PITH_X86_KERNEL(x86_avx2::sgemm<Use>)},
    {"arm_neon", arch::isa::neon, sgemm_tile, PITH_AARCH64_KERNEL(arm_neon::sgemm<Use>)},
#ifdef PITH_KERNEL_SGEMM_SIMD_HPP
    {"simd", by_xsimd::needs<>, sgemm_tile, &by_xsimd::sgemm<>},
#endif
    portable_entry<sgemm_args>::value,
};
template <>
struct entries<sgemm_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return sgemm_list<Use>;
    }
};

} // namespace pith::kernel

#endif
