// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_REDUCE_HPP
#define PITH_IO_ONNX_OPS_REDUCE_HPP
/// Reductions over axes.

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "ops_shape.hpp"
#include "steps.hpp"

namespace pith::io::onnx {

/// @tparam Since the opset in which the axes became an input.
template <class G, reduce_op Op, std::int64_t Since>
void import_reduce(call<G>& c) {
    const operand x = c.in(0);
    auto axes = detail::read_axes(c, Since, x.dims.rank());
    if (axes.empty() && c.whole("noop_with_empty_axes", 0) != 0) {
        // Without axes each element is reduced alone.
        c.expect(Op == reduce_op::mean || Op == reduce_op::sum || Op == reduce_op::max ||
                     Op == reduce_op::min || Op == reduce_op::prod,
                 errc::unsupported, "noop_with_empty_axes is not supported for this operator");
        return c.out(0, x);
    }
    if (axes.empty()) {
        axes.resize(x.dims.rank());
        std::iota(axes.begin(), axes.end(), std::size_t{0});
    }
    c.out(0, reduce_over(c, Op, x, axes, c.whole("keepdims", 1) != 0));
}

/// @tparam Most whether the greatest element is looked for, or the least.
template <class G, bool Most>
void import_place(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t axis = c.axis(c.whole("axis", 0), x.dims.rank());
    const bool last = c.whole("select_last_index", 0) != 0;
    const auto op = Most ? (last ? reduce_op::arg_max_last : reduce_op::arg_max)
                         : (last ? reduce_op::arg_min_last : reduce_op::arg_min);
    c.out(0, reduce_over(c, op, x, {axis}, c.whole("keepdims", 1) != 0));
}

template <class G>
inline constexpr operator_entry<G> reduce_operators[] = {
    {"ReduceMean", &import_reduce<G, reduce_op::mean, 18>},
    {"ReduceSum", &import_reduce<G, reduce_op::sum, 13>},
    {"ReduceMax", &import_reduce<G, reduce_op::max, 18>},
    {"ReduceMin", &import_reduce<G, reduce_op::min, 18>},
    {"ReduceProd", &import_reduce<G, reduce_op::prod, 18>},
    {"ReduceL1", &import_reduce<G, reduce_op::l1, 18>},
    {"ReduceL2", &import_reduce<G, reduce_op::l2, 18>},
    {"ReduceSumSquare", &import_reduce<G, reduce_op::sum_square, 18>},
    {"ReduceLogSum", &import_reduce<G, reduce_op::log_sum, 18>},
    {"ReduceLogSumExp", &import_reduce<G, reduce_op::log_sum_exp, 18>},
    {"ArgMax", &import_place<G, true>},
    {"ArgMin", &import_place<G, false>},
};

} // namespace pith::io::onnx

#endif
