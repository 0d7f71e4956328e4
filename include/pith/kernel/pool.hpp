// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_HPP
#define PITH_KERNEL_POOL_HPP
/// Pooling: every kernel, best first. All kernels of a list agree bit for bit.

#include "../arch/target.hpp"
#include "entry.hpp"
#include "pool/args.hpp"
#include "pool/arm_neon.hpp"
#include "pool/portable.hpp"
#include "pool/x86_avx2.hpp"
#include "pool/x86_avx512.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<max_pool_u8_args> max_pool_u8_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::max_pool_u8<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::max_pool_u8<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::max_pool_u8<Use>)},
    portable_entry<max_pool_u8_args>::value,
};
template <>
struct entries<max_pool_u8_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return max_pool_u8_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<max_pool_f32_args> max_pool_f32_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::max_pool_f32<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::max_pool_f32<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::max_pool_f32<Use>)},
    portable_entry<max_pool_f32_args>::value,
};
template <>
struct entries<max_pool_f32_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return max_pool_f32_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<average_pool_f32_args> average_pool_f32_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::average_pool_f32<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::average_pool_f32<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::average_pool_f32<Use>)},
    portable_entry<average_pool_f32_args>::value,
};
template <>
struct entries<average_pool_f32_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return average_pool_f32_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<average_pool_u8_args> average_pool_u8_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::average_pool_u8<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::average_pool_u8<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::average_pool_u8<Use>)},
    portable_entry<average_pool_u8_args>::value,
};
template <>
struct entries<average_pool_u8_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return average_pool_u8_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<global_average_u8_args> global_average_u8_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::global_average_u8<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::global_average_u8<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::global_average_u8<Use>)},
    portable_entry<global_average_u8_args>::value,
};
template <>
struct entries<global_average_u8_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return global_average_u8_list<Use>;
    }
};

} // namespace pith::kernel

#endif
