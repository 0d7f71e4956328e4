// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LOWER_FLOAT_CONVOLUTION_HPP
#define PITH_PLAN_LOWER_FLOAT_CONVOLUTION_HPP
/// Convolutions and dense layers that run in floating point.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../base/on_use.hpp"
#include "../base/result.hpp"
#include "../format/sparsity.hpp"
#include "../kernel/sgemm.hpp"
#include "../run/op/convolution_f32.hpp"
#include "../run/op/depthwise_f32.hpp"
#include "lower_sparse.hpp"
#include "lowering.hpp"
#include "panels.hpp"
#include "real_binary.hpp"
#include "target.hpp"
#include "weighted_layer.hpp"

namespace pith::plan::detail {

/// The tile that the target's best kernel reads.
template <class Use = on_use>
[[nodiscard]] format::tile f32_tile_for(const target& to) {
    return tile_for(kernel::entries<kernel::sgemm_args>::list<Use>(), to.isa, to.f32_tile);
}

template <class T>
[[nodiscard]] std::vector<float> floats(const tensor<T>& t) {
    std::vector<float> f;
    f.reserve(t.size());
    for (const T e : t.data())
        f.push_back(static_cast<float>(e));
    return f;
}

/// Adds the operation of a float layer that stores all its weights.
/// @param r what its record says, without window and groups
template <class T, class Layers>
draft_op& add_dense_reals(lowering<T, Layers>& x, const weighted_layer& l, const std::vector<float>& weights,
                          const std::vector<float>& bias, run::op::float_convolution_record r) {
    const format::tile tile = f32_tile_for(x.processor);
    const auto packed = pack_layer<float>(l, weights, tile);
    r.window = window_record_of(l, tile);
    r.groups = static_cast<std::uint16_t>(packed.groups);
    draft_op& op =
        l.depthwise ? x.template add<run::op::depthwise_f32>(r) : x.template add<run::op::convolution_f32>(r);
    op.blobs = {{offsetof(run::op::float_convolution_record, weights), x.d.add_blob_of(packed.weights)},
                {offsetof(run::op::float_convolution_record, bias),
                 x.d.add_blob_of(pack_channels<float>(bias, packed.groups, packed.lanes))}};
    return op;
}

/// @param weights in the order of conv2d or dense weights
template <class T, class Layers>
result<void> lower_reals(lowering<T, Layers>& x, const weighted_layer& l, value_id input,
                         const std::vector<float>& weights, std::vector<float> bias,
                         const format::sparsity& pattern = {}) {
    const step& s = x.current;
    bias.resize(l.outputs, 0.f);
    const auto in = x.read(input, form::reals, placement::bordered);
    if (!in)
        return in.error();
    result<tensor_id> residual = no_tensor;
    if (s.add != no_node)
        residual = x.read(s.residual, form::reals);
    if (!residual)
        return residual.error();
    const tensor_id out = x.real_output(s.output, true);

    run::op::float_convolution_record r{};
    r.op = operands(out, *in, *residual);
    const clamp own = clamp_of(x.g, s.activation);
    const clamp added = clamp_of(x.g, s.add_activation);
    r.low = own.low;
    r.high = own.high;
    r.add_low = added.low;
    r.add_high = added.high;
    std::string storage;
    if (!may_be_sparse(l, pattern) || !add_sparse_reals(x, l, weights, bias, r, storage))
        add_dense_reals(x, l, weights, bias, r).storage = std::move(storage);
    x.settle(s.output, out);
    return {};
}

} // namespace pith::plan::detail

#endif
