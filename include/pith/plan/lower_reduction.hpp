// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LOWER_REDUCTION_HPP
#define PITH_PLAN_LOWER_REDUCTION_HPP
/// Pools, reductions, softmax and products of computed values as operations.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../format/softmax.hpp"
#include "../graph/layer/pool2d.hpp"
#include "../run/op/average_pool_f32.hpp"
#include "../run/op/average_pool_u8.hpp"
#include "../run/op/convert.hpp"
#include "../run/op/global_average_u8.hpp"
#include "../run/op/matmul_f32.hpp"
#include "../run/op/max_pool_f32.hpp"
#include "../run/op/max_pool_u8.hpp"
#include "../run/op/reduce_f32.hpp"
#include "../run/op/softmax_f32.hpp"
#include "../run/op/softmax_u8.hpp"
#include "layer_lowering.hpp"
#include "lower_elementwise.hpp"
#include "lowering.hpp"

namespace pith::plan {

namespace detail {

[[nodiscard]] inline result<run::op::pool_record> pool_record_of(const pool2d& p, const shape& in) {
    run::op::pool_record r{};
    r.count_padding = p.count_include_pad && !p.global ? 1 : 0;
    for (std::size_t i = 0; i < 2; ++i) {
        const std::int64_t kernel = p.global ? in[1 + i] : p.kernel[i];
        const std::uint32_t stride = p.global ? 1 : p.strides[i];
        const std::uint32_t dilation = p.global ? 1 : p.dilations[i];
        if (kernel > 0xFFFF || stride > 0xFFFF || dilation > 0xFFFF)
            return fault{errc::unsupported,
                         "a pool's window, stride or dilation beyond 65,535 cannot be packed"};
        r.kernel[i] = static_cast<std::uint16_t>(kernel);
        r.strides[i] = static_cast<std::uint16_t>(stride);
        r.dilations[i] = static_cast<std::uint16_t>(dilation);
    }
    for (std::size_t i = 0; i < 4 && !p.global; ++i) {
        if (p.pads[i] > 255)
            return fault{errc::unsupported, "a pool's padding beyond 255 cannot be packed"};
        r.pads[i] = static_cast<std::uint8_t>(p.pads[i]);
    }
    return r;
}

/// A mean of whole images whose sums of codes int32 cannot hold.
template <class T, class Layers>
[[nodiscard]] result<void> lower_average_in_steps(lowering<T, Layers>& x, value_id input) {
    const value_id output = x.current.output;
    shape dims = x.g[input].dims;
    const auto steps = average_in_steps(dims);
    const auto in = x.read(input, form::reals);
    if (!in)
        return in.error();
    const auto add = [&](const pool2d& layer, tensor_id from, tensor_id to) -> result<void> {
        auto record = pool_record_of(layer, dims);
        if (!record)
            return record.error();
        record->op = operands(to, from);
        x.template add<run::op::average_pool_f32>(*record);
        return {};
    };
    const tensor_id rows = x.make(input, form::reals);
    x.d.tensors[rows].origin = no_value;
    x.record(rows).dims[2] = 1;
    PITH_TRY(add(steps[0], *in, rows));
    dims[2] = 1;
    const tensor_id out = x.real_output(output, true);
    PITH_TRY(add(steps[1], rows, out));
    x.settle(output, out);
    return {};
}

struct outer_inner {
    std::uint32_t outer = 1;
    std::uint32_t size = 1;
    std::uint32_t inner = 1;
};
[[nodiscard]] inline outer_inner around(const shape& dims, std::size_t first, std::size_t last) {
    return {static_cast<std::uint32_t>(dims.product(0, first)),
            static_cast<std::uint32_t>(dims.product(first, last)),
            static_cast<std::uint32_t>(dims.product(last, dims.rank()))};
}

/// The axes as they are to lie so that those to be reduced are neighbours: kept ones first.
struct reduction_order {
    std::vector<std::size_t> axes;
    std::size_t first = 0; ///< reduced axes are [first, last)
    std::size_t last = 0;
    bool moved = false;

    reduction_order(const reduce& layer, const shape& dims) {
        std::vector<std::size_t> gone;
        for (std::size_t i = 0; i < dims.rank(); ++i)
            if (pith::detail::reduces(layer, i))
                gone.push_back(i);
        const bool neighbours = gone.empty() || gone.back() - gone.front() + 1 == gone.size();
        for (std::size_t i = 0; i < dims.rank(); ++i)
            if (neighbours || !pith::detail::reduces(layer, i))
                axes.push_back(i);
        first = neighbours ? (gone.empty() ? dims.rank() : gone.front()) : axes.size();
        last = first + gone.size();
        moved = !neighbours;
        if (moved)
            axes.insert(axes.end(), gone.begin(), gone.end());
    }
};

} // namespace detail

template <>
struct layer_lowering<pool2d> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const pool2d& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<pool2d>::lower(lowering<T, Layers>& x, const pool2d& layer,
                                           const std::vector<value_id>& inputs) {
    const step& s = x.current;
    const shape& dims = x.g[inputs[0]].dims;
    if (!s.integer && s.sums)
        return detail::lower_average_in_steps(x, inputs[0]);
    auto record = detail::pool_record_of(layer, dims);
    if (!record)
        return record.error();
    run::op::pool_record& r = *record;
    const auto in = x.read(inputs[0], s.integer ? form::codes : form::reals);
    if (!in)
        return in.error();
    const tensor_id out = s.integer ? x.output(s.output, form::codes, true) : x.real_output(s.output, true);
    r.op = operands(out, *in);
    if (!s.integer) {
        if (layer.op == pool_op::max)
            x.template add<run::op::max_pool_f32>(r);
        else
            x.template add<run::op::average_pool_f32>(r);
        x.settle(s.output, out);
        return {};
    }
    r.lowest = static_cast<std::uint8_t>(s.codes->lowest);
    r.highest = static_cast<std::uint8_t>(s.codes->highest);
    r.int8 = s.codes->moved != 0 ? 1 : 0;
    if (layer.op == pool_op::max)
        x.template add<run::op::max_pool_u8>(r);
    else if (averages_images(layer, dims))
        x.template add<run::op::global_average_u8>(
            {.op = r.op,
             .lowest = r.lowest,
             .highest = r.highest,
             .reserved = 0,
             .factor = format::global_average_factor(codes_of(x.g[inputs[0]])->scale, s.codes->scale,
                                                     static_cast<std::int32_t>(dims[1] * dims[2]))});
    else
        x.template add<run::op::average_pool_u8>(r);
    return {};
}

template <>
struct layer_lowering<softmax> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const softmax& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<softmax>::lower(lowering<T, Layers>& x, const softmax& layer,
                                            const std::vector<value_id>& inputs) {
    const step& s = x.current;
    const form f = s.integer ? form::codes : form::reals;
    const auto in = x.read(inputs[0], f, placement::dense);
    if (!in)
        return in.error();
    const tensor_id out = s.integer ? x.output(s.output, f, false) : x.real_output(s.output, false);
    const auto sizes = detail::around(x.g[inputs[0]].dims, layer.axis, layer.axis + std::size_t{1});
    if (!s.integer) {
        run::op::softmax_f32::record r{};
        r.op = operands(out, *in);
        r.outer = sizes.outer;
        r.size = sizes.size;
        r.inner = sizes.inner;
        r.log = layer.log ? 1 : 0;
        x.template add<run::op::softmax_f32>(r);
        x.settle(s.output, out);
        return {};
    }
    std::vector<float> table(256);
    float exponentials[256];
    format::make_softmax_table(exponentials, codes_of(x.g[inputs[0]])->scale, sizes.size);
    std::copy(exponentials, exponentials + 256, table.begin());
    run::op::softmax_u8::record r{};
    r.op = operands(out, *in);
    r.outer = sizes.outer;
    r.size = sizes.size;
    r.inner = sizes.inner;
    r.levels = format::softmax_levels(s.codes->scale);
    r.lowest = static_cast<std::uint8_t>(s.codes->lowest);
    r.highest = static_cast<std::uint8_t>(s.codes->highest);
    x.template add<run::op::softmax_u8>(r).blobs = {
        {offsetof(run::op::softmax_u8::record, table), x.d.add_blob_of(table)}};
    return {};
}

template <>
struct layer_lowering<reduce> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const reduce& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<reduce>::lower(lowering<T, Layers>& x, const reduce& layer,
                                           const std::vector<value_id>& inputs) {
    const value_id output = x.current.output;
    if (!is_real(x.g[inputs[0]].type))
        return fault{errc::unsupported, "reductions of whole numbers cannot be packed"};
    const shape& dims = x.g[inputs[0]].dims;
    const detail::reduction_order order(layer, dims);
    auto in = x.read(inputs[0], form::reals, placement::dense);
    if (!in)
        return in.error();
    shape moved;
    strides steps{};
    const strides dense = dense_strides(dims);
    for (std::size_t i = 0; i < order.axes.size(); ++i) {
        moved.push_back(dims[order.axes[i]]);
        steps[i] = dense[order.axes[i]];
    }
    if (order.moved) {
        const tensor_id together = x.make(inputs[0], form::reals);
        x.d.tensors[together].origin = no_value;
        x.copy(*in, together, moved, steps, dense_strides(moved));
        in = together;
    }
    const auto sizes = detail::around(moved, order.first, order.last);
    const bool place = format::gives_place(layer.op); // computed as a real number, exact below 2^24
    if (place && sizes.size > 1u << 24)
        return fault{errc::unsupported, "an extreme element among more than 2^24 cannot be packed"};
    const tensor_id out = place ? x.make(output, form::reals) : x.real_output(output, false);
    if (place)
        x.d.tensors[out].origin = no_value;
    run::op::reduce_f32::record r{};
    r.op = operands(out, *in);
    r.outer = sizes.outer;
    r.size = sizes.size;
    r.inner = sizes.inner;
    r.function = static_cast<std::uint8_t>(layer.op);
    x.template add<run::op::reduce_f32>(r);
    if (place)
        x.template add<run::op::convert>(operands(x.output(output, form::wholes, false), out));
    else
        x.settle(output, out);
    return {};
}

/// By a constant matrix: a dense layer with its weights transposed.
template <>
struct layer_lowering<matmul> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const matmul& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<matmul>::lower(lowering<T, Layers>& x, const matmul&,
                                           const std::vector<value_id>& inputs) {
    const value_id output = x.current.output;
    const shape& a = x.g[inputs[0]].dims;
    const shape& b = x.g[inputs[1]].dims;
    const shape& y = x.g[output].dims;
    if (!is_real(x.g[output].type))
        return fault{errc::unsupported, "products of whole numbers cannot be packed"};
    if (x.g[inputs[1]].reals() != nullptr && b.rank() == 2 && a.rank() >= 2) {
        const auto k = static_cast<std::size_t>(b[0]);
        const auto n = static_cast<std::size_t>(b[1]);
        const auto w = round_to_codes(x.g[inputs[1]]);
        std::vector<float> transposed(k * n);
        for (std::size_t i = 0; i < k; ++i)
            for (std::size_t j = 0; j < n; ++j)
                transposed[j * k + i] = static_cast<float>(w[i * n + j]);
        return detail::lower_reals(x, detail::weighted(dense{}, {b[1], b[0]}), inputs[0], transposed, {});
    }
    if (a.rank() < 2 || b.rank() < 2 || y.rank() < 2)
        return fault{errc::unsupported, "products of vectors cannot be packed; give them two axes"};
    const auto left = x.read(inputs[0], form::reals, placement::dense);
    if (!left)
        return left.error();
    const auto right = x.read(inputs[1], form::reals, placement::dense);
    if (!right)
        return right.error();
    const auto batch = [](const shape& s) {
        shape leading;
        for (std::size_t i = 0; i + 2 < s.rank(); ++i)
            leading.push_back(s[i]);
        return leading;
    };
    const shape over = batch(y);
    const auto scaled = [&](const shape& s) {
        strides steps = broadcast_strides(batch(s), over);
        for (auto& n : steps)
            n *= s[s.rank() - 2] * s.back();
        return steps;
    };
    const axis_table table(over, {scaled(a), scaled(b)});
    const tensor_id out = x.real_output(output, false);
    run::op::matmul_f32::record r{};
    r.op = operands(out, *left, *right);
    r.m = static_cast<std::uint32_t>(y[y.rank() - 2]);
    r.k = static_cast<std::uint32_t>(a.back());
    r.n = static_cast<std::uint32_t>(y.back());
    r.rank = static_cast<std::uint32_t>(table.rank);
    x.template add<run::op::matmul_f32>(r, table.words());
    x.settle(output, out);
    return {};
}

} // namespace pith::plan

#endif
