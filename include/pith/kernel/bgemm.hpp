// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_BGEMM_HPP
#define PITH_KERNEL_BGEMM_HPP
/// Binary convolution and dense layers, and codes as bits: every kernel, best first. All agree bit for bit.

#include "../arch/target.hpp"
#include "bgemm/args.hpp"
#include "bgemm/arm_neon.hpp"
#include "bgemm/portable.hpp"
#include "bgemm/x86_avx2.hpp"
#include "bgemm/x86_avx512_vpopcnt.hpp"
#include "entry.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<bgemm_args> bgemm_list[] = {
    {"x86_avx512_vpopcnt", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vpopcnt, format::any_tile,
     PITH_X86_KERNEL(x86_avx512_vpopcnt::bgemm<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::bgemm<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::bgemm<Use>)},
    portable_entry<bgemm_args>::value,
};
template <>
struct entries<bgemm_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return bgemm_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<pack_bits_args> pack_bits_list[] = {
    {"x86_avx512_vpopcnt", arch::isa::avx2 | arch::isa::avx512 | arch::isa::avx512_vpopcnt, format::any_tile,
     PITH_X86_KERNEL(x86_avx512_vpopcnt::pack_bits<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::pack_bits<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::pack_bits<Use>)},
    portable_entry<pack_bits_args>::value,
};
template <>
struct entries<pack_bits_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return pack_bits_list<Use>;
    }
};

} // namespace pith::kernel

#endif
