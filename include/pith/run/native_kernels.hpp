// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_NATIVE_KERNELS_HPP
#define PITH_RUN_NATIVE_KERNELS_HPP
/// The best kernels a processor can run, from every operation's list. Apart from kernel_set.hpp because it
/// brings in the compiler's vector headers, which firmware can do without.

#include <cstddef>

#include "../arch/isa.hpp"
#include "../kernel/depthwise_f32.hpp"
#include "../kernel/depthwise_u8.hpp"
#include "../kernel/eltwise.hpp"
#include "../kernel/entry.hpp"
#include "../kernel/igemm.hpp"
#include "../kernel/igemm_low.hpp"
#include "../kernel/matmul.hpp"
#include "../kernel/movement.hpp"
#include "../kernel/pool.hpp"
#include "../kernel/reduce.hpp"
#include "../kernel/resize.hpp"
#include "../kernel/sgemm.hpp"
#include "../kernel/softmax.hpp"
#include "kernel_set.hpp"

namespace pith::run {

namespace detail {

template <class Args, std::size_t N>
[[nodiscard]] constexpr const kernel::entry<Args>* last(const kernel::entry<Args> (&list)[N]) noexcept {
    return &list[N - 1];
}
template <class Args, std::size_t N>
[[nodiscard]] constexpr const kernel::entry<Args>* best(const kernel::entry<Args> (&list)[N],
                                                        arch::isa_set have,
                                                        format::tile tile = format::any_tile) noexcept {
    return &kernel::best_for(list, have, tile);
}
template <class Args, std::size_t N>
[[nodiscard]] constexpr tiled_kernel<Args> tiled(const kernel::entry<Args> (&list)[N], arch::isa_set have,
                                                 format::tile tile) noexcept {
    return {&kernel::best_for(list, have, tile), last(list)};
}

} // namespace detail

/// The best kernels of a processor that has these instruction sets.
template <class Use = on_use>
[[nodiscard]] kernel_set kernels_for(arch::isa_set have) noexcept {
    using namespace kernel;
    kernel_set s;
    s.igemm = detail::tiled(igemm_list<Use>, have, igemm_tile);
    s.igemm_low = detail::best(igemm_low_list<Use>, have, format::low_bit_tile);
    s.sgemm = detail::tiled(sgemm_list<Use>, have, sgemm_tile);
    s.depthwise_u8 = detail::best(depthwise_u8_list<Use>, have);
    s.depthwise_f32 = detail::best(depthwise_f32_list<Use>, have);
    s.quantize = detail::best(quantize_list<Use>, have);
    s.dequantize = detail::best(dequantize_list<Use>, have);
    s.table_u8 = detail::best(table_u8_list<Use>, have);
    s.add_u8 = detail::best(add_u8_list<Use>, have);
    s.mul_u8 = detail::best(mul_u8_list<Use>, have);
    s.max_pool_u8 = detail::best(max_pool_u8_list<Use>, have);
    s.average_pool_u8 = detail::best(average_pool_u8_list<Use>, have);
    s.global_average_u8 = detail::best(global_average_u8_list<Use>, have);
    s.softmax_u8 = detail::best(softmax_u8_list, have);
    s.copy = detail::best(copy_list, have);
    s.pad = detail::best(pad_list, have);
    s.gather = detail::best(gather_list, have);
    s.convert = detail::best(convert_list, have);
    s.resize_u8 = detail::best(resize_u8_list, have);
    s.resize_f32 = detail::best(resize_f32_list, have);
    s.unary_f32 = detail::best(unary_f32_list<Use>, have);
    s.binary_f32 = detail::best(binary_f32_list<Use>, have);
    s.max_pool_f32 = detail::best(max_pool_f32_list<Use>, have);
    s.average_pool_f32 = detail::best(average_pool_f32_list<Use>, have);
    s.softmax_f32 = detail::best(softmax_f32_list, have);
    s.reduce_f32 = detail::best(reduce_f32_list, have);
    s.matmul_f32 = detail::best(matmul_f32_list, have);
    return s;
}

} // namespace pith::run

#endif
