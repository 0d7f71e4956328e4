// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_HPP
#define PITH_KERNEL_ELTWISE_HPP
/// Element-wise operations: every kernel, best first. Kernels on codes agree bit for bit.

#include "../arch/target.hpp"
#include "eltwise/args.hpp"
#include "eltwise/arm_neon.hpp"
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
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::quantize<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::quantize<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::quantize<Use>)},
    portable_entry<quantize_args>::value,
};
template <>
struct entries<quantize_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return quantize_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<dequantize_args> dequantize_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::dequantize<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::dequantize<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::dequantize<Use>)},
    portable_entry<dequantize_args>::value,
};
template <>
struct entries<dequantize_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return dequantize_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<table_u8_args> table_u8_list[] = {
    {"x86_avx512_vbmi", arch::isa::avx512 | arch::isa::avx512_vbmi, format::any_tile,
     PITH_X86_KERNEL(x86_avx512_vbmi::table_u8<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::table_u8<Use>)},
    portable_entry<table_u8_args>::value,
};
template <>
struct entries<table_u8_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return table_u8_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<add_u8_args> add_u8_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::add_u8<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::add_u8<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::add_u8<Use>)},
    portable_entry<add_u8_args>::value,
};
template <>
struct entries<add_u8_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return add_u8_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<mul_u8_args> mul_u8_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::mul_u8<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::mul_u8<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::mul_u8<Use>)},
    portable_entry<mul_u8_args>::value,
};
template <>
struct entries<mul_u8_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return mul_u8_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<unary_f32_args> unary_f32_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::unary_f32<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::unary_f32<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::unary_f32<Use>)},
    portable_entry<unary_f32_args>::value,
};
template <>
struct entries<unary_f32_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return unary_f32_list<Use>;
    }
};

template <class Use = on_use>
inline constexpr entry<binary_f32_args> binary_f32_list[] = {
    {"x86_avx512", arch::isa::avx2 | arch::isa::avx512, format::any_tile,
     PITH_X86_KERNEL(x86_avx512::binary_f32<Use>)},
    {"x86_avx2", arch::isa::avx2, format::any_tile, PITH_X86_KERNEL(x86_avx2::binary_f32<Use>)},
    {"arm_neon", arch::isa::neon, format::any_tile, PITH_AARCH64_KERNEL(arm_neon::binary_f32<Use>)},
    portable_entry<binary_f32_args>::value,
};
template <>
struct entries<binary_f32_args> {
    template <class Use>
    [[nodiscard]] static constexpr const auto& list() noexcept {
        return binary_f32_list<Use>;
    }
};

} // namespace pith::kernel

#endif
