// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LOWER_MOVEMENT_HPP
#define PITH_PLAN_LOWER_MOVEMENT_HPP
/// Layers that move elements as operations: most are one strided copy, reshapes are none at all.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "../format/resize.hpp"
#include "../graph/codes.hpp"
#include "../run/op/convert.hpp"
#include "../run/op/gather.hpp"
#include "../run/op/pad.hpp"
#include "../run/op/resize_f32.hpp"
#include "../run/op/resize_u8.hpp"
#include "layer_lowering.hpp"
#include "lower_elementwise.hpp"
#include "lower_reduction.hpp"
#include "lowering.hpp"

namespace pith::plan {

/// The form a layer that only moves elements works on.
template <class T, class Layers>
[[nodiscard]] form moved_form(const lowering<T, Layers>& x, value_id input) {
    return x.current.integer ? form::codes : x.plain_form(input);
}
template <class T, class Layers>
[[nodiscard]] tensor_id moved_output(lowering<T, Layers>& x, value_id output, form f, bool can_border) {
    return f == form::reals ? x.real_output(output, can_border) : x.output(output, f, can_border);
}
template <class T, class Layers>
void settle_moved(lowering<T, Layers>& x, value_id output, form f, tensor_id written) {
    if (f == form::reals)
        x.settle(output, written);
}

namespace detail {

/// One strided copy. @param steps of the input, along the axes of the output
template <class T, class Layers>
result<void> lower_copy(lowering<T, Layers>& x, value_id input, value_id output, const strides& steps,
                        std::int64_t first = 0) {
    const form f = moved_form(x, input);
    const auto in = x.read(input, f, placement::dense);
    if (!in)
        return in.error();
    const shape& dims = x.g[output].dims;
    const tensor_id out = moved_output(x, output, f, true);
    x.copy(*in, out, dims, steps, x.steps(out, dims), first);
    settle_moved(x, output, f, out);
    return {};
}

} // namespace detail

template <>
struct layer_lowering<reshape> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const reshape& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<reshape>::lower(lowering<T, Layers>& x, const reshape&,
                                            const std::vector<value_id>& inputs) {
    return detail::lower_alias(x, inputs[0], x.current.output);
}

template <>
struct layer_lowering<transpose> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const transpose& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<transpose>::lower(lowering<T, Layers>& x, const transpose& layer,
                                              const std::vector<value_id>& inputs) {
    const strides dense = dense_strides(x.g[inputs[0]].dims);
    strides steps{};
    for (std::size_t i = 0; i < layer.permutation.size(); ++i)
        steps[i] = dense[layer.permutation[i]];
    return detail::lower_copy(x, inputs[0], x.current.output, steps);
}

template <>
struct layer_lowering<slice> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const slice& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<slice>::lower(lowering<T, Layers>& x, const slice& layer,
                                          const std::vector<value_id>& inputs) {
    strides steps = dense_strides(x.g[inputs[0]].dims);
    std::int64_t first = 0;
    for (std::size_t i = 0; i < layer.begins.size(); ++i) {
        first += layer.begins[i] * steps[i];
        steps[i] *= x.g[x.current.output].dims[i] <= 1 ? 1 : layer.steps[i];
    }
    return detail::lower_copy(x, inputs[0], x.current.output, steps, first);
}

template <>
struct layer_lowering<expand> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const expand& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<expand>::lower(lowering<T, Layers>& x, const expand&,
                                           const std::vector<value_id>& inputs) {
    const shape& dims = x.g[x.current.output].dims;
    return detail::lower_copy(x, inputs[0], x.current.output, broadcast_strides(x.g[inputs[0]].dims, dims));
}

template <>
struct layer_lowering<split> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const split& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<split>::lower(lowering<T, Layers>& x, const split& layer,
                                          const std::vector<value_id>& inputs) {
    const strides steps = dense_strides(x.g[inputs[0]].dims);
    std::int64_t first = 0;
    const auto outputs = x.g.nodes[x.current.node].outputs;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i] != no_value)
            PITH_TRY(detail::lower_copy(x, inputs[0], outputs[i], steps, first));
        first += layer.sizes[i] * steps[layer.axis];
    }
    return {};
}

template <>
struct layer_lowering<concat> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const concat& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<concat>::lower(lowering<T, Layers>& x, const concat& layer,
                                           const std::vector<value_id>& inputs) {
    const value_id output = x.current.output;
    const form f = moved_form(x, inputs[0]);
    std::vector<tensor_id> parts;
    for (const value_id v : inputs) {
        auto in = x.read(v, f);
        if (!in)
            return in.error();
        if (f == form::codes && !same_codes(*codes_of(x.g[v]), *x.current.codes)) {
            const tensor_id recoded = x.make(v, f);
            x.d.tensors[recoded].origin = no_value;
            x.record(recoded).scale = x.current.codes->scale;
            x.record(recoded).zero = static_cast<std::uint8_t>(x.current.codes->zero);
            detail::add_table(x, recoded, *in, make_recoding(*codes_of(x.g[v]), *x.current.codes));
            in = recoded;
        }
        parts.push_back(*in);
    }
    const tensor_id out = moved_output(x, output, f, true);
    const strides to = x.steps(out, x.g[output].dims);
    std::int64_t first = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const shape& dims = x.g[inputs[i]].dims;
        x.copy(parts[i], out, dims, x.steps(parts[i], dims), to, 0, first);
        first += dims[layer.axis] * to[layer.axis];
    }
    settle_moved(x, output, f, out);
    return {};
}

template <>
struct layer_lowering<pad> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const pad& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<pad>::lower(lowering<T, Layers>& x, const pad& layer,
                                        const std::vector<value_id>& inputs) {
    const value_id output = x.current.output;
    const form f = moved_form(x, inputs[0]);
    const auto in = x.read(inputs[0], f, placement::dense);
    if (!in)
        return in.error();
    const shape& dims = x.g[inputs[0]].dims;
    const tensor_id out = moved_output(x, output, f, false);
    run::op::pad::record r{};
    r.op = operands(out, *in);
    r.rank = static_cast<std::uint8_t>(dims.rank());
    r.mode = static_cast<std::uint8_t>(layer.mode);
    if (f == form::codes) {
        r.fill[0] = x.record(*in).zero;
    } else if (f == form::reals) {
        const float fill = static_cast<float>(layer.fill);
        std::memcpy(r.fill, &fill, sizeof fill);
    } else {
        const auto fill = static_cast<std::int64_t>(layer.fill);
        std::memcpy(r.fill, &fill, sizeof fill);
    }
    std::vector<std::int32_t> tail;
    for (const auto n : dims)
        tail.push_back(static_cast<std::int32_t>(n));
    for (const auto* counts : {&layer.before, &layer.after})
        for (const auto n : *counts)
            tail.push_back(static_cast<std::int32_t>(n));
    x.template add<run::op::pad>(r, tail);
    settle_moved(x, output, f, out);
    return {};
}

template <>
struct layer_lowering<resize2d> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const resize2d& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<resize2d>::lower(lowering<T, Layers>& x, const resize2d& layer,
                                             const std::vector<value_id>& inputs) {
    const value_id output = x.current.output;
    const form f = moved_form(x, inputs[0]);
    if (f == form::wholes)
        return fault{errc::unsupported, "resizing of whole numbers cannot be packed"};
    const auto in = x.read(inputs[0], f);
    if (!in)
        return in.error();
    const tensor_id out = moved_output(x, output, f, true);
    run::op::resize_record r{};
    r.op = operands(out, *in);
    r.taps = format::resize_taps(layer.mode);
    blob_id tables[4] = {};
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const auto rule = resize_rule(layer, x.g[inputs[0]].dims, axis);
        const std::size_t size = static_cast<std::size_t>(rule.output) * r.taps;
        std::vector<std::int32_t> indices(size);
        std::vector<float> weights(size);
        format::resize_axis(rule, indices.data(), weights.data());
        tables[2 * axis] = x.d.add_blob_of(indices);
        tables[2 * axis + 1] = r.taps == 1 ? tables[2 * axis] : x.d.add_blob_of(weights);
    }
    draft_op& op =
        f == form::codes ? x.template add<run::op::resize_u8>(r) : x.template add<run::op::resize_f32>(r);
    op.blobs = {{offsetof(run::op::resize_record, row_indices), tables[0]},
                {offsetof(run::op::resize_record, row_weights), tables[1]},
                {offsetof(run::op::resize_record, column_indices), tables[2]},
                {offsetof(run::op::resize_record, column_weights), tables[3]}};
    settle_moved(x, output, f, out);
    return {};
}

namespace detail {

/// Indices as the int32 that gather reads.
template <class T, class Layers>
[[nodiscard]] result<tensor_id> read_indices(lowering<T, Layers>& x, value_id v) {
    const auto& value = x.g[v];
    draft_tensor t;
    t.origin = v;
    const auto sizes = image_dims(value.dims);
    std::copy(sizes.begin(), sizes.end(), t.record.dims);
    t.record.type = static_cast<std::uint8_t>(format::dtype::i32);
    if (const auto* constant = value.wholes()) {
        t.record.constant = 1;
        std::vector<std::int32_t> indices;
        for (const auto i : constant->data())
            indices.push_back(static_cast<std::int32_t>(i));
        t.blob = x.d.add_blob_of(indices);
        return x.d.add_tensor(t);
    }
    auto in = x.read(v, form::wholes, placement::dense);
    if (!in || value.type == format::dtype::i32)
        return in;
    const tensor_id id = x.d.add_tensor(t);
    x.template add<run::op::convert>(operands(id, *in));
    return id;
}

} // namespace detail

template <>
struct layer_lowering<gather> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const gather& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<gather>::lower(lowering<T, Layers>& x, const gather& layer,
                                           const std::vector<value_id>& inputs) {
    const value_id output = x.current.output;
    const form f = moved_form(x, inputs[0]);
    const auto in = x.read(inputs[0], f, placement::dense);
    if (!in)
        return in.error();
    const auto indices = detail::read_indices(x, inputs[1]);
    if (!indices)
        return indices.error();
    const shape& dims = x.g[inputs[0]].dims;
    if (const auto* constant = x.g[inputs[1]].wholes())
        PITH_TRY(pith::detail::expect_indices(constant->data(), dims[layer.axis]));
    const auto sizes = detail::around(dims, layer.axis, layer.axis + std::size_t{1});
    const tensor_id out = moved_output(x, output, f, false);
    run::op::gather::record r{};
    r.op = operands(out, *in, *indices);
    r.outer = sizes.outer;
    r.axis = sizes.size;
    r.count = static_cast<std::uint32_t>(x.g[inputs[1]].dims.elements());
    r.inner_bytes = static_cast<std::uint32_t>(sizes.inner * run::element_bytes(x.record(*in)));
    x.template add<run::op::gather>(r);
    settle_moved(x, output, f, out);
    return {};
}

template <>
struct layer_lowering<opaque> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const opaque& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<opaque>::lower(lowering<T, Layers>&, const opaque&,
                                           const std::vector<value_id>&) {
    return fault{errc::unsupported, "this operator is kept in the graph but cannot be computed"};
}

} // namespace pith::plan

#endif
