// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_REAL_BINARY_HPP
#define PITH_PLAN_REAL_BINARY_HPP
/// Element-wise operations on two real operands, and the ranges that activations leave.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "../run/op/binary_f32.hpp"
#include "lowering.hpp"

namespace pith::plan::detail {

struct clamp {
    float low = -std::numeric_limits<float>::infinity();
    float high = std::numeric_limits<float>::infinity();
};
/// The range a relu or clip leaves.
template <class T, class Layers>
[[nodiscard]] clamp clamp_of(const graph<T, Layers>& g, node_index k) {
    if (k == no_node)
        return {};
    const unary& u = *layer_of<unary>(g.nodes[k]);
    clamp c;
    c.low = u.op == unary_op::relu ? 0.f : static_cast<float>(u.alpha);
    if (u.op == unary_op::clip)
        c.high = static_cast<float>(u.beta);
    return c;
}

/// a op b into `out`, which has the shape `dims`.
template <class T, class Layers>
void add_binary(lowering<T, Layers>& x, binary_op op, tensor_id out, const shape& dims, tensor_id a,
                const strides& a_steps, tensor_id b, const strides& b_steps, const clamp& range) {
    const axis_table table(dims, {a_steps, b_steps, x.steps(out, dims)});
    run::op::binary_f32::record r{};
    r.op = operands(out, a, b);
    r.function = static_cast<std::uint8_t>(op);
    r.rank = static_cast<std::uint8_t>(table.rank);
    r.low = range.low;
    r.high = range.high;
    x.template add<run::op::binary_f32>(r, table.words());
}

/// One number per channel.
template <class T, class Layers>
[[nodiscard]] tensor_id channel_constant(lowering<T, Layers>& x, const std::vector<float>& values) {
    draft_tensor t;
    t.record.constant = 1;
    t.record.type = static_cast<std::uint8_t>(format::dtype::f32);
    const auto sizes = image_dims({static_cast<std::int64_t>(values.size())});
    std::copy(sizes.begin(), sizes.end(), t.record.dims);
    t.blob = x.d.add_blob_of(values);
    return x.d.add_tensor(t);
}

} // namespace pith::plan::detail

#endif
