// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LOWER_ELEMENTWISE_HPP
#define PITH_PLAN_LOWER_ELEMENTWISE_HPP
/// Element-wise layers, batch normalisation and casts as operations.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../format/requantize.hpp"
#include "../graph/codes.hpp"
#include "../run/op/add_u8.hpp"
#include "../run/op/binary_f32.hpp"
#include "../run/op/convert.hpp"
#include "../run/op/mul_u8.hpp"
#include "../run/op/table_u8.hpp"
#include "../run/op/unary_f32.hpp"
#include "layer_lowering.hpp"
#include "lower_convolution.hpp"
#include "lowering.hpp"
#include "real_binary.hpp"

namespace pith::plan {

namespace detail {

/// The output takes the input's memory under its own shape.
template <class T, class Layers>
[[nodiscard]] tensor_id alias(lowering<T, Layers>& x, tensor_id of, value_id output, form f) {
    const tensor_id id = x.make(output, f);
    x.d.tensors[id].alias_of = x.d.root_of(of);
    x.record(id).constant = x.record(of).constant;
    x.d.tensors[id].blob = x.d.tensors[of].blob;
    return id;
}

/// Registers dense tensor `id` as what holds form `f` of `v`.
template <class T, class Layers>
void hold_dense(lowering<T, Layers>& x, value_id v, form f, tensor_id id) {
    x.at(v, f).dense = id;
    if (!x.wants_border(v, f))
        x.at(v, f).bordered = id;
}

/// The same elements under another shape: no operation at all, unless the output has other codes.
template <class T, class Layers>
result<void> lower_alias(lowering<T, Layers>& x, value_id input, value_id output) {
    const form f = x.current.integer ? form::codes : x.plain_form(input);
    const auto in = x.read(input, f, placement::dense);
    if (!in)
        return in.error();
    const tensor_id id = alias(x, *in, output, f);
    if (f == form::reals && codes_of(x.g[output]))
        x.settle(output, id);
    else
        hold_dense(x, output, f, id);
    return {};
}

template <class T, class Layers>
void add_table(lowering<T, Layers>& x, tensor_id out, tensor_id in, const code_table& table) {
    draft_op& op = x.template add<run::op::table_u8>({.op = operands(out, in), .table = 0});
    op.blobs = {{offsetof(run::op::table_u8::record, table),
                 x.d.add_blob_of(std::vector<std::uint8_t>(table.begin(), table.end()))}};
}

/// Form `f` of `v` in full shape `to`, for operations that repeat operands in fewer ways.
template <class T, class Layers>
[[nodiscard]] result<tensor_id> read_expanded(lowering<T, Layers>& x, value_id v, form f, value_id like) {
    auto in = x.read(v, f, placement::dense);
    if (!in)
        return in;
    const tensor_id to = x.make(like, f);
    x.d.tensors[to].origin = no_value;
    x.record(to).scale = x.record(*in).scale;
    x.record(to).zero = x.record(*in).zero;
    const shape& dims = x.g[like].dims;
    x.copy(*in, to, dims, broadcast_strides(x.g[v].dims, dims), dense_strides(dims));
    return to;
}

/// An operand of binary_u8 and how it repeats.
template <class T, class Layers>
[[nodiscard]] result<std::pair<tensor_id, run::op::operand_repeat>>
codes_operand(lowering<T, Layers>& x, value_id v, value_id output) {
    using pair = std::pair<tensor_id, run::op::operand_repeat>;
    const shape& dims = x.g[v].dims;
    const shape& to = x.g[output].dims;
    auto repeat = run::op::operand_repeat::none;
    if (image_dims(dims) != image_dims(to) || dims.elements() != to.elements()) {
        const bool vector =
            dims.rank() > 0 && to.rank() > 0 && dims.elements() == dims.back() && dims.back() == to.back();
        if (dims.elements() == 1)
            repeat = run::op::operand_repeat::scalar;
        else if (vector)
            repeat = run::op::operand_repeat::channels;
        else {
            const auto full = read_expanded(x, v, form::codes, output);
            if (!full)
                return full.error();
            return pair{*full, run::op::operand_repeat::none};
        }
    }
    const auto in =
        x.read(v, form::codes, repeat == run::op::operand_repeat::none ? placement::any : placement::dense);
    if (!in)
        return in.error();
    return pair{*in, repeat};
}

template <class T, class Layers>
result<void> lower_codes(lowering<T, Layers>& x, const binary& layer, value_id a, value_id b) {
    const step& s = x.current;
    const format::affine& to = *s.codes;
    if (layer.op == binary_op::add && add_operands_exchanged(x.g[a].dims, x.g[b].dims))
        std::swap(a, b);
    const auto first = codes_operand(x, a, s.output);
    if (!first)
        return first.error();
    const auto second = codes_operand(x, b, s.output);
    if (!second)
        return second.error();
    const tensor_id out = x.output(s.output, form::codes, true);
    run::op::binary_u8_record r{};
    r.op = operands(out, first->first, second->first);
    r.int8 = to.moved != 0 ? 1 : 0;
    r.lowest = static_cast<std::uint8_t>(to.lowest);
    r.highest = static_cast<std::uint8_t>(to.highest);
    r.repeats = static_cast<std::uint8_t>(static_cast<unsigned>(first->second) |
                                          static_cast<unsigned>(second->second) << 4);
    const format::affine from[2] = {*codes_of(x.g[a]), *codes_of(x.g[b])};
    if (layer.op == binary_op::add) {
        const auto f = add_factors_of(from[0], from[1], to);
        r.factors[0] = f.ra;
        r.factors[1] = f.rb;
        r.factors[2] = f.offset;
        x.template add<run::op::add_u8>(r);
    } else {
        r.factors[0] = format::multiplier(from[0].scale, from[1].scale, to.scale);
        x.template add<run::op::mul_u8>(r);
    }
    return {};
}

/// Booleans as real numbers.
template <class T, class Layers>
[[nodiscard]] result<tensor_id> read_truth(lowering<T, Layers>& x, value_id v) {
    auto in = x.read(v, form::wholes, placement::dense);
    if (!in)
        return in;
    const tensor_id id = x.make(v, form::reals);
    x.d.tensors[id].origin = no_value;
    x.template add<run::op::convert>(operands(id, *in));
    return id;
}

/// Strides of an operand as it repeats over `dims`.
template <class T, class Layers>
[[nodiscard]] strides operand_steps(lowering<T, Layers>& x, tensor_id id, const shape& own,
                                    const shape& dims) {
    return own == dims ? x.steps(id, dims) : broadcast_strides(own, dims);
}

} // namespace detail

template <>
struct layer_lowering<unary> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const unary& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<unary>::lower(lowering<T, Layers>& x, const unary& layer,
                                          const std::vector<value_id>& inputs) {
    const value_id output = x.current.output;
    if (x.current.integer) {
        const format::affine from = *codes_of(x.g[inputs[0]]);
        const bool levels = has_levels(x.g[output]);
        if (layer.op == unary_op::identity && same_codes(from, *x.current.codes) && !levels)
            return detail::lower_alias(x, inputs[0], output);
        const auto in = x.read(inputs[0], form::codes);
        if (!in)
            return in.error();
        const auto to = levels ? x.g[output].encoded : encoding::per_tensor(*x.current.codes);
        detail::add_table(x, x.output(output, form::codes, true), *in, make_table(layer, from, to));
        return {};
    }
    if (layer.op == unary_op::identity)
        return detail::lower_alias(x, inputs[0], output);
    const auto in = x.read(inputs[0], form::reals);
    if (!in)
        return in.error();
    const tensor_id out = x.real_output(output, true);
    run::op::unary_f32::record r{};
    r.op = operands(out, *in);
    r.function = static_cast<std::uint8_t>(layer.op);
    r.alpha = static_cast<float>(layer.alpha);
    r.beta = static_cast<float>(layer.beta);
    x.template add<run::op::unary_f32>(r);
    x.settle(output, out);
    return {};
}

template <>
struct layer_lowering<binary> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const binary& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<binary>::lower(lowering<T, Layers>& x, const binary& layer,
                                           const std::vector<value_id>& inputs) {
    if (x.current.integer)
        return detail::lower_codes(x, layer, inputs[0], inputs[1]);
    if (format::compares(layer.op))
        return fault{errc::unsupported, "comparisons cannot be packed"};
    const value_id output = x.current.output;
    const shape& dims = x.g[output].dims;
    tensor_id in[2];
    strides steps[2];
    for (std::size_t i = 0; i < 2; ++i) {
        const shape& own = x.g[inputs[i]].dims;
        const bool decides = layer.op == binary_op::keep && i == 1;
        const auto id = decides
                            ? detail::read_truth(x, inputs[i])
                            : x.read(inputs[i], form::reals, own == dims ? placement::any : placement::dense);
        if (!id)
            return id.error();
        in[i] = *id;
        steps[i] = detail::operand_steps(x, *id, own, dims);
    }
    const tensor_id out = x.real_output(output, true);
    detail::add_binary(x, layer.op, out, dims, in[0], steps[0], in[1], steps[1],
                       detail::clamp_of(x.g, x.current.activation));
    x.settle(output, out);
    return {};
}

/// x * factor + offset, for a normalisation that could not be folded into a layer.
template <>
struct layer_lowering<batch_norm> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const batch_norm& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<batch_norm>::lower(lowering<T, Layers>& x, const batch_norm& layer,
                                               const std::vector<value_id>& inputs) {
    for (std::size_t i = 1; i < 5; ++i)
        if (x.g[inputs[i]].reals() == nullptr)
            return fault{errc::unsupported,
                         "normalisation factors that the network computes cannot be packed"};
    const value_id output = x.current.output;
    const shape& dims = x.g[output].dims;
    const auto in = x.read(inputs[0], form::reals);
    if (!in)
        return in.error();
    std::vector<float> factors, offsets;
    for (std::size_t c = 0; c < static_cast<std::size_t>(dims.back()); ++c) {
        const auto number = [&](std::size_t i) { return static_cast<double>((*x.g[inputs[i]].reals())[c]); };
        const double factor = number(1) / std::sqrt(number(4) + layer.epsilon);
        factors.push_back(static_cast<float>(factor));
        offsets.push_back(static_cast<float>(number(2) - number(3) * factor));
    }
    const strides repeated = broadcast_strides({dims.back()}, dims);
    const tensor_id scaled = x.make(output, form::reals);
    x.d.tensors[scaled].origin = no_value;
    detail::add_binary(x, binary_op::mul, scaled, dims, *in, x.steps(*in, dims),
                       detail::channel_constant(x, factors), repeated, {});
    const tensor_id out = x.real_output(output, true);
    detail::add_binary(x, binary_op::add, out, dims, scaled, x.steps(scaled, dims),
                       detail::channel_constant(x, offsets), repeated, {});
    x.settle(output, out);
    return {};
}

template <>
struct layer_lowering<cast> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const cast& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<cast>::lower(lowering<T, Layers>& x, const cast&,
                                         const std::vector<value_id>& inputs) {
    const value_id output = x.current.output;
    const form from = x.plain_form(inputs[0]);
    const form to = x.plain_form(output);
    if (from == form::reals && to == form::reals)
        return detail::lower_alias(x, inputs[0], output);
    const auto in = x.read(inputs[0], from, placement::dense);
    if (!in)
        return in.error();
    const tensor_id out = to == form::reals ? x.real_output(output, false) : x.output(output, to, false);
    x.template add<run::op::convert>(operands(out, *in));
    if (to == form::reals)
        x.settle(output, out);
    return {};
}

} // namespace pith::plan

#endif
