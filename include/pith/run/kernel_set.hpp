// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_KERNEL_SET_HPP
#define PITH_RUN_KERNEL_SET_HPP
/// One kernel for each operation, chosen once.

#include <cstddef>

#include "../arch/isa.hpp"
#include "../kernel/depthwise_f32.hpp"
#include "../kernel/depthwise_u8.hpp"
#include "../kernel/eltwise.hpp"
#include "../kernel/entry.hpp"
#include "../kernel/igemm.hpp"
#include "../kernel/matmul.hpp"
#include "../kernel/movement.hpp"
#include "../kernel/pool.hpp"
#include "../kernel/reduce.hpp"
#include "../kernel/resize.hpp"
#include "../kernel/sgemm.hpp"
#include "../kernel/softmax.hpp"

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

template <class Args, std::size_t N>
[[nodiscard]] constexpr const kernel::entry<Args>* last(const kernel::entry<Args> (&list)[N]) noexcept {
    return &list[N - 1];
}
template <class Args, std::size_t N>
[[nodiscard]] constexpr const kernel::entry<Args>* best(const kernel::entry<Args> (&list)[N],
                                                        arch::isa_set have) noexcept {
    return &kernel::best_for(list, have);
}
template <class Args, std::size_t N>
[[nodiscard]] constexpr tiled_kernel<Args> tiled(const kernel::entry<Args> (&list)[N], arch::isa_set have,
                                                 format::tile tile) noexcept {
    return {&kernel::best_for(list, have, tile), last(list)};
}

} // namespace detail

/// The best kernels of a processor that has these instruction sets.
[[nodiscard]] constexpr kernel_set kernels_for(arch::isa_set have) noexcept {
    using namespace kernel;
    kernel_set s;
    s.igemm = detail::tiled(igemm_list, have, igemm_tile);
    s.sgemm = detail::tiled(sgemm_list, have, sgemm_tile);
    s.depthwise_u8 = detail::best(depthwise_u8_list, have);
    s.depthwise_f32 = detail::best(depthwise_f32_list, have);
    s.quantize = detail::best(quantize_list, have);
    s.dequantize = detail::best(dequantize_list, have);
    s.table_u8 = detail::best(table_u8_list, have);
    s.add_u8 = detail::best(add_u8_list, have);
    s.mul_u8 = detail::best(mul_u8_list, have);
    s.max_pool_u8 = detail::best(max_pool_u8_list, have);
    s.average_pool_u8 = detail::best(average_pool_u8_list, have);
    s.global_average_u8 = detail::best(global_average_u8_list, have);
    s.softmax_u8 = detail::best(softmax_u8_list, have);
    s.copy = detail::best(copy_list, have);
    s.pad = detail::best(pad_list, have);
    s.gather = detail::best(gather_list, have);
    s.convert = detail::best(convert_list, have);
    s.resize_u8 = detail::best(resize_u8_list, have);
    s.resize_f32 = detail::best(resize_f32_list, have);
    s.unary_f32 = detail::best(unary_f32_list, have);
    s.binary_f32 = detail::best(binary_f32_list, have);
    s.max_pool_f32 = detail::best(max_pool_f32_list, have);
    s.average_pool_f32 = detail::best(average_pool_f32_list, have);
    s.softmax_f32 = detail::best(softmax_f32_list, have);
    s.reduce_f32 = detail::best(reduce_f32_list, have);
    s.matmul_f32 = detail::best(matmul_f32_list, have);
    return s;
}

/// Plain C++ for every operation.
inline constexpr kernel_set portable_kernels = kernels_for(arch::isa::none);

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
