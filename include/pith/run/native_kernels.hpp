// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_NATIVE_KERNELS_HPP
#define PITH_RUN_NATIVE_KERNELS_HPP
/// The best kernels a processor can run, from every operation's list. Apart from kernel_set.hpp because it
/// brings in the compiler's vector headers, which firmware can do without.

#include "../arch/isa.hpp"
#include "../base/on_use.hpp"
#include "../base/type_list.hpp"
#include "../kernel/bgemm.hpp"
#include "../kernel/depthwise_f32.hpp"
#include "../kernel/depthwise_u8.hpp"
#include "../kernel/eltwise.hpp"
#include "../kernel/igemm.hpp"
#include "../kernel/igemm_low.hpp"
#include "../kernel/matmul.hpp"
#include "../kernel/movement.hpp"
#include "../kernel/pool.hpp"
#include "../kernel/reduce.hpp"
#include "../kernel/resize.hpp"
#include "../kernel/sgemm.hpp"
#include "../kernel/softmax.hpp"
#include "../kernel/sparse_igemm.hpp"
#include "../kernel/sparse_sgemm.hpp"
#include "kernel_set.hpp"

namespace pith::run {

namespace detail {

template <class Use, class... Ops>
[[nodiscard]] constexpr basic_kernel_set<type_list<Ops...>> best_set(type_list<Ops...>,
                                                                     arch::isa_set have) noexcept {
    return {kernels_of<Ops>{Ops::template best_kernels<Use>(have)}...};
}

} // namespace detail

/// The best kernels of a processor that has these instruction sets.
template <class Ops = op_list, class Use = on_use>
[[nodiscard]] basic_kernel_set<Ops> kernels_for(arch::isa_set have) noexcept {
    return detail::best_set<Use>(Ops{}, have);
}

} // namespace pith::run

#endif
