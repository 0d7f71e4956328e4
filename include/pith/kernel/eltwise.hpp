// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_HPP
#define PITH_KERNEL_ELTWISE_HPP
/// Element-wise operations: every kernel, best first. Kernels on codes agree bit for bit.

#include "eltwise/args.hpp"
#include "eltwise/binary.hpp"
#include "eltwise/portable.hpp"
#include "eltwise/unary.hpp"
#include "eltwise/x86_avx2.hpp"
#include "eltwise/x86_avx512.hpp"
#include "eltwise/x86_avx512_vbmi.hpp"
#include "entry.hpp"

namespace pith::kernel {

template <class Use = on_use>
inline constexpr entry<quantize_args> quantize_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::quantize<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::quantize<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::quantize},
};

template <class Use = on_use>
inline constexpr entry<dequantize_args> dequantize_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::dequantize<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::dequantize<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::dequantize},
};

template <class Use = on_use>
inline constexpr entry<table_u8_args> table_u8_list[] = {
#if PITH_X86
    {"x86_avx512_vbmi", arch::isa::avx512 | arch::isa::avx512_vbmi, format::any_tile,
     &x86_avx512_vbmi::table_u8<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::table_u8},
};

template <class Use = on_use>
inline constexpr entry<add_u8_args> add_u8_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::add_u8<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::add_u8<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::add_u8},
};

template <class Use = on_use>
inline constexpr entry<mul_u8_args> mul_u8_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::mul_u8<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::mul_u8<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::mul_u8},
};

template <class Use = on_use>
inline constexpr entry<unary_f32_args> unary_f32_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::unary_f32<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::unary_f32<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::unary_f32},
};

template <class Use = on_use>
inline constexpr entry<binary_f32_args> binary_f32_list[] = {
#if PITH_X86
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile, &x86_avx512::binary_f32<Use>},
    {"x86_avx2", arch::isa::avx2, format::any_tile, &x86_avx2::binary_f32<Use>},
#endif
    {"portable", arch::isa::none, format::any_tile, &portable::binary_f32},
};

} // namespace pith::kernel

#endif
