// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_KERNEL_SET_HPP
#define PITH_RUN_KERNEL_SET_HPP
/// One kernel for each operation; the portable ones. The best of a processor: see native_kernels.hpp.

#include <cstddef>

#include "../arch/isa.hpp"
#include "../kernel/depthwise_f32/portable.hpp"
#include "../kernel/depthwise_u8/portable.hpp"
#include "../kernel/eltwise/binary.hpp"
#include "../kernel/eltwise/portable.hpp"
#include "../kernel/eltwise/unary.hpp"
#include "../kernel/entry.hpp"
#include "../kernel/igemm/portable.hpp"
#include "../kernel/igemm_low/portable.hpp"
#include "../kernel/matmul/portable.hpp"
#include "../kernel/movement/convert.hpp"
#include "../kernel/movement/portable.hpp"
#include "../kernel/pool/portable.hpp"
#include "../kernel/reduce/portable.hpp"
#include "../kernel/resize/portable.hpp"
#include "../kernel/sgemm/portable.hpp"
#include "../kernel/softmax/portable.hpp"

namespace pith::run {

/// A kernel that reads weights of one tile, and the one that reads any.
template <class Args>
struct tiled_kernel {
    const kernel::entry<Args>* best = nullptr;
    const kernel::entry<Args>* portable = nullptr;
};

/// Null where a set leaves an operation out; programs that need it are refused (see can_run).
struct kernel_set {
    tiled_kernel<kernel::igemm_args> igemm;
    tiled_kernel<kernel::sgemm_args> sgemm;
    const kernel::entry<kernel::igemm_low_args>* igemm_low = nullptr; ///< all read one tile
    const kernel::entry<kernel::depthwise_u8_args>* depthwise_u8 = nullptr;
    const kernel::entry<kernel::depthwise_f32_args>* depthwise_f32 = nullptr;
    const kernel::entry<kernel::quantize_args>* quantize = nullptr;
    const kernel::entry<kernel::dequantize_args>* dequantize = nullptr;
    const kernel::entry<kernel::table_u8_args>* table_u8 = nullptr;
    const kernel::entry<kernel::add_u8_args>* add_u8 = nullptr;
    const kernel::entry<kernel::mul_u8_args>* mul_u8 = nullptr;
    const kernel::entry<kernel::max_pool_u8_args>* max_pool_u8 = nullptr;
    const kernel::entry<kernel::average_pool_u8_args>* average_pool_u8 = nullptr;
    const kernel::entry<kernel::global_average_u8_args>* global_average_u8 = nullptr;
    const kernel::entry<kernel::softmax_u8_args>* softmax_u8 = nullptr;
    const kernel::entry<kernel::copy_args>* copy = nullptr;
    const kernel::entry<kernel::pad_args>* pad = nullptr;
    const kernel::entry<kernel::gather_args>* gather = nullptr;
    const kernel::entry<kernel::convert_args>* convert = nullptr;
    const kernel::entry<kernel::resize_u8_args>* resize_u8 = nullptr;
    const kernel::entry<kernel::resize_f32_args>* resize_f32 = nullptr;
    const kernel::entry<kernel::unary_f32_args>* unary_f32 = nullptr;
    const kernel::entry<kernel::binary_f32_args>* binary_f32 = nullptr;
    const kernel::entry<kernel::max_pool_f32_args>* max_pool_f32 = nullptr;
    const kernel::entry<kernel::average_pool_f32_args>* average_pool_f32 = nullptr;
    const kernel::entry<kernel::softmax_f32_args>* softmax_f32 = nullptr;
    const kernel::entry<kernel::reduce_f32_args>* reduce_f32 = nullptr;
    const kernel::entry<kernel::matmul_f32_args>* matmul_f32 = nullptr;
};

/// The tiles the plan packs for: one for all vector kernels.
inline constexpr format::tile igemm_tile{16, 4};
inline constexpr format::tile sgemm_tile{16, 1};

namespace detail {

template <class Args, void (*Function)(const Args&) noexcept>
inline constexpr kernel::entry<Args> portable_entry{"portable", arch::isa::none, format::any_tile, Function};

[[nodiscard]] constexpr kernel_set portable_set() noexcept {
    using namespace kernel;
    kernel_set s;
    s.igemm.portable = s.igemm.best = &portable_entry<igemm_args, &portable::igemm>;
    s.igemm_low = &portable_entry<igemm_low_args, &portable::igemm_low>;
    s.sgemm.portable = s.sgemm.best = &portable_entry<sgemm_args, &portable::sgemm>;
    s.depthwise_u8 = &portable_entry<depthwise_u8_args, &portable::depthwise_u8>;
    s.depthwise_f32 = &portable_entry<depthwise_f32_args, &portable::depthwise_f32>;
    s.quantize = &portable_entry<quantize_args, &portable::quantize>;
    s.dequantize = &portable_entry<dequantize_args, &portable::dequantize>;
    s.table_u8 = &portable_entry<table_u8_args, &portable::table_u8>;
    s.add_u8 = &portable_entry<add_u8_args, &portable::add_u8>;
    s.mul_u8 = &portable_entry<mul_u8_args, &portable::mul_u8>;
    s.max_pool_u8 = &portable_entry<max_pool_u8_args, &portable::max_pool_u8>;
    s.average_pool_u8 = &portable_entry<average_pool_u8_args, &portable::average_pool_u8>;
    s.global_average_u8 = &portable_entry<global_average_u8_args, &portable::global_average_u8>;
    s.softmax_u8 = &portable_entry<softmax_u8_args, &portable::softmax_u8>;
    s.copy = &portable_entry<copy_args, &portable::copy>;
    s.pad = &portable_entry<pad_args, &portable::pad>;
    s.gather = &portable_entry<gather_args, &portable::gather>;
    s.convert = &portable_entry<convert_args, &portable::convert>;
    s.resize_u8 = &portable_entry<resize_u8_args, &portable::resize_u8>;
    s.resize_f32 = &portable_entry<resize_f32_args, &portable::resize_f32>;
    s.unary_f32 = &portable_entry<unary_f32_args, &portable::unary_f32>;
    s.binary_f32 = &portable_entry<binary_f32_args, &portable::binary_f32>;
    s.max_pool_f32 = &portable_entry<max_pool_f32_args, &portable::max_pool_f32>;
    s.average_pool_f32 = &portable_entry<average_pool_f32_args, &portable::average_pool_f32>;
    s.softmax_f32 = &portable_entry<softmax_f32_args, &portable::softmax_f32>;
    s.reduce_f32 = &portable_entry<reduce_f32_args, &portable::reduce_f32>;
    s.matmul_f32 = &portable_entry<matmul_f32_args, &portable::matmul_f32>;
    return s;
}

} // namespace detail

/// Plain C++ for every operation.
inline constexpr kernel_set portable_kernels = detail::portable_set();

/// Plain C++ for whole-number networks only: float kernels, and what they need of the maths library, stay
/// out of a firmware image.
[[nodiscard]] constexpr kernel_set codes_only(kernel_set s) noexcept {
    s.sgemm = {};
    s.depthwise_f32 = nullptr;
    s.unary_f32 = nullptr;
    s.binary_f32 = nullptr;
    s.resize_f32 = nullptr;
    s.max_pool_f32 = nullptr;
    s.average_pool_f32 = nullptr;
    s.softmax_f32 = nullptr;
    s.reduce_f32 = nullptr;
    s.matmul_f32 = nullptr;
    s.convert = nullptr;
    return s;
}
inline constexpr kernel_set portable_codes_kernels = codes_only(portable_kernels);

} // namespace pith::run

#endif
