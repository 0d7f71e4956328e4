// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_HPP
#define PITH_KERNEL_POOL_HPP
/// Pooling: every kernel, best first. All kernels of a list agree bit for bit.

#include "entry.hpp"
#include "pool/args.hpp"
#include "pool/portable.hpp"
#include "pool/x86_avx2.hpp"
#include "pool/x86_avx512.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<max_pool_u8_args> max_pool_u8_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::max_pool_u8<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::max_pool_u8<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::max_pool_u8},
};

template <class Use = on_use>
inline constexpr entry<max_pool_f32_args> max_pool_f32_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::max_pool_f32<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::max_pool_f32<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::max_pool_f32},
};

template <class Use = on_use>
inline constexpr entry<average_pool_f32_args> average_pool_f32_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::average_pool_f32<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::average_pool_f32<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::average_pool_f32},
};

template <class Use = on_use>
inline constexpr entry<average_pool_u8_args> average_pool_u8_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::average_pool_u8<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::average_pool_u8<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::average_pool_u8},
};

template <class Use = on_use>
inline constexpr entry<global_average_u8_args> global_average_u8_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     &x86_avx512::global_average_u8<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::global_average_u8<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::global_average_u8},
};

} // namespace pith::kernel

#endif
