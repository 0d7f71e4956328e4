// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_LOWER_CONVOLUTION_HPP
#define PITH_PLAN_LOWER_CONVOLUTION_HPP
/// Convolutions, dense layers and products with a constant as operations with packed weights.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../base/on_use.hpp"
#include "../format/low_bit.hpp"
#include "../format/requantize.hpp"
#include "../graph/codes.hpp"
#include "../graph/integer.hpp"
#include "../kernel/igemm.hpp"
#include "../run/op/convolution_low.hpp"
#include "../run/op/convolution_u8.hpp"
#include "../run/op/depthwise_u8.hpp"
#include "layer_lowering.hpp"
#include "lower_bits.hpp"
#include "lower_float_convolution.hpp"
#include "lower_sparse.hpp"
#include "lowering.hpp"
#include "panels.hpp"
#include "real_binary.hpp"
#include "target.hpp"
#include "weighted_layer.hpp"

namespace pith::plan::detail {

/// Whether a layer in codes multiplies signs by signs, and so reads bits, inside the image alone.
template <class T, class Layers>
[[nodiscard]] bool multiplies_signs(const graph<T, Layers>& g, const weighted_layer& l, value_id input,
                                    value_id weights) {
    return !l.depthwise && l.window.groups == 1 && has_signs(g[input]) && has_weight_signs(g[weights]);
}

[[nodiscard]] inline result<void> check_window(const weighted_layer& l) {
    const auto& c = l.window;
    constexpr std::uint32_t most = 0xFFFF;
    for (std::size_t i = 0; i < 2; ++i)
        if (l.kernel[i] > most || c.strides[i] > most || c.dilations[i] > most || c.groups > most)
            return fault{errc::unsupported,
                         "a kernel, stride, dilation or group count beyond 65,535 cannot be packed"};
    for (const auto p : c.pads)
        if (p > 255)
            return fault{errc::unsupported,
                         "a convolution's padding beyond 255 cannot be packed; use a pad layer"};
    return {};
}

/// The border a convolution reads around its input: the padding, less what its stride leaves out.
[[nodiscard]] inline border border_of(const conv2d& c, const shape& x, const shape& w, const shape& y) {
    border b{};
    for (std::size_t i = 0; i < 2; ++i) {
        const std::int64_t reach = (y[1 + i] - 1) * c.strides[i] + (w[1 + i] - 1) * c.dilations[i] + 1;
        const std::int64_t behind = reach - c.pads[i] - x[1 + i];
        b[i] = static_cast<std::uint8_t>(std::min<std::uint32_t>(c.pads[i], 255));
        b[2 + i] = static_cast<std::uint8_t>(std::clamp<std::int64_t>(behind, 0, 255));
    }
    return b;
}

/// The tile that the target's best kernel reads.
template <class Use = on_use>
[[nodiscard]] format::tile int8_tile_for(const target& to) {
    return tile_for(kernel::entries<kernel::igemm_args>::list<Use>(), to.isa, to.int8_tile);
}
/// Weight codes as a program stores them: int8, or indices of fewer bits where their kernels read those.
struct stored_weights {
    packed_layer<std::uint8_t> packed;
    format::tile tile = format::low_bit_tile;
    std::uint8_t bits = 8;
    std::int8_t lowest = 0;          ///< code of index 0, without levels
    std::vector<std::int8_t> levels; ///< 2^bits, filled up with zeros; empty: none
    std::uint8_t level_count = 0;
};

/// What the indices of a format's codes mean.
struct index_meaning {
    std::int32_t lowest = 0;         ///< the code of index 0, without levels
    std::vector<std::int8_t> levels; ///< ascending; empty: none
};

/// An element format that stored weights may have is one more overload.
[[nodiscard]] inline index_meaning stored_form(const format::affine_codes& f) {
    return {std::min(f.lowest, 128 - (std::int32_t{1} << f.bits())), {}};
}
[[nodiscard]] inline index_meaning stored_form(const format::codebook& f) {
    return {0, {f.levels.begin(), f.levels.begin() + f.count}};
}
[[nodiscard]] inline index_meaning stored_form(const format::binary& f) {
    return f.listed() == 0 ? stored_form(f.codes()) : index_meaning{0, {f.lowest, std::int8_t{1}}};
}

/// @pre has_weight_codes of the value whose codes and encoding these are @param tile of int8 weights
[[nodiscard]] inline stored_weights store_weights(const weighted_layer& l,
                                                  const std::vector<std::int8_t>& codes, const encoding& e,
                                                  format::tile tile) {
    stored_weights s;
    std::vector<std::uint8_t> indices(codes.size());
    if (l.depthwise || e.bits() > format::most_low_bits) {
        std::copy(codes.begin(), codes.end(), indices.begin()); // the same eight bits
        s.tile = tile;
        s.packed = pack_layer<std::uint8_t>(l, indices, tile);
        return s;
    }
    s.bits = static_cast<std::uint8_t>(e.bits());
    auto form = e.with_codes([](const auto& f) { return stored_form(f); });
    if (form.levels.empty()) {
        s.lowest = static_cast<std::int8_t>(form.lowest);
        for (std::size_t i = 0; i < codes.size(); ++i)
            indices[i] = static_cast<std::uint8_t>(codes[i] - form.lowest);
    } else {
        s.levels = std::move(form.levels);
        s.level_count = static_cast<std::uint8_t>(s.levels.size());
        for (std::size_t i = 0; i < codes.size(); ++i)
            indices[i] = static_cast<std::uint8_t>(
                std::lower_bound(s.levels.begin(), s.levels.end(), codes[i]) - s.levels.begin());
        s.levels.resize(std::size_t{1} << s.bits, std::int8_t{0});
    }
    s.packed = pack_layer<std::uint8_t>(l, indices, format::low_bit_tile);
    s.packed.weights = pack_indices(s.packed.weights, s.bits);
    return s;
}

/// An operation with the packed constants of a convolution of codes.
/// @param r what else its record says
template <class T, class Layers>
draft_op& add_codes_convolution(lowering<T, Layers>& x, const weighted_layer& l, const stored_weights& stored,
                                const std::vector<std::int32_t>& offsets, const std::vector<float>& factors,
                                run::op::quantized_convolution_record r) {
    const auto& packed = stored.packed;
    r.window = window_record_of(l, stored.tile);
    r.groups = static_cast<std::uint16_t>(packed.groups);
    r.weight_bits = stored.bits;
    r.weight_lowest = stored.lowest;
    r.level_count = stored.level_count;
    draft_op& op = l.depthwise       ? x.template add<run::op::depthwise_u8>(r)
                   : stored.bits < 8 ? x.template add<run::op::convolution_low>(r)
                                     : x.template add<run::op::convolution_u8>(r);
    op.blobs = {{offsetof(run::op::quantized_convolution_record, weights), x.d.add_blob_of(packed.weights)},
                {offsetof(run::op::quantized_convolution_record, bias),
                 x.d.add_blob_of(pack_channels<std::int32_t>(offsets, packed.groups, packed.lanes))},
                {offsetof(run::op::quantized_convolution_record, factor),
                 x.d.add_blob_of(pack_channels<float>(factors, packed.groups, packed.lanes))}};
    if (!stored.levels.empty())
        op.blobs.push_back(
            {offsetof(run::op::quantized_convolution_record, levels), x.d.add_blob_of(stored.levels)});
    return op;
}

/// The same of a layer that multiplies signs. @param codes of the weights @param bias codes
template <class T, class Layers>
void add_bits_convolution(lowering<T, Layers>& x, const weighted_layer& l, std::span<const std::int8_t> codes,
                          const std::vector<std::int32_t>& bias, const std::vector<float>& factors,
                          run::op::quantized_convolution_record r) {
    using op = run::op::convolution_b1;
    static_assert(offsetof(op::record, like) == 0);
    r.window = window_record_of(l, op::tile);
    r.groups = 1;
    r.weight_bits = 1;
    auto& added = x.template add<op>({r, static_cast<std::uint32_t>(l.inputs)});
    added.blobs = {{offsetof(run::op::quantized_convolution_record, weights),
                    x.d.add_blob_of(pack_signs(codes, l.outputs, l.taps()))},
                   {offsetof(run::op::quantized_convolution_record, bias),
                    x.d.add_blob_of(pack_channels<std::int32_t>(bias, 1, kernel::bgemm_outputs))},
                   {offsetof(run::op::quantized_convolution_record, factor),
                    x.d.add_blob_of(pack_channels<float>(factors, 1, kernel::bgemm_outputs))}};
}

/// The operation of a layer in codes, without its zeros where that is expected to be faster.
/// @param codes of the weights in `v` @param r what its record says, without window and groups
template <class T, class Layers>
void add_int8_convolution(lowering<T, Layers>& x, const weighted_layer& l,
                          const std::vector<std::int8_t>& codes, const value<T>& v,
                          const std::vector<std::int32_t>& offsets, const std::vector<float>& factors,
                          const run::op::quantized_convolution_record& r) {
    std::string storage;
    if (may_be_sparse(l, v.sparsity) && v.encoded.bits() > format::most_low_bits &&
        add_sparse_codes(x, l, codes, offsets, factors, r, storage))
        return;
    add_codes_convolution(x, l, store_weights(l, codes, v.encoded, int8_tile_for(x.processor)), offsets,
                          factors, r)
        .storage = std::move(storage);
}

/// Input channels of an image or matrix of codes, with the border that the convolution reads.
template <class T, class Layers>
[[nodiscard]] result<tensor_id> read_part(lowering<T, Layers>& x, value_id input, const depth_part& part) {
    auto from = x.read(input, form::codes);
    if (!from)
        return from;
    const tensor_id to = x.make(input, form::codes, true);
    x.d.tensors[to].origin = no_value;
    shape dims = x.g[input].dims;
    const strides all = x.steps(*from, dims);
    dims[dims.rank() - 1] = part.last - part.first;
    x.record(to).dims[3] = static_cast<std::uint32_t>(part.last - part.first);
    x.copy(*from, to, dims, all, x.steps(to, dims), part.first);
    return to;
}

template <class T, class Layers>
[[nodiscard]] tensor_id make_sum(lowering<T, Layers>& x) {
    const tensor_id id = x.make(x.current.output, form::reals);
    x.d.tensors[id].origin = no_value;
    return id;
}

/// The scaled sums of one part, as reals.
/// @param codes of all weights
template <class T, class Layers>
[[nodiscard]] result<tensor_id> lower_part(lowering<T, Layers>& x, weighted_layer l, value_id input,
                                           value_id weights, const std::vector<std::int8_t>& codes,
                                           const depth_part& part) {
    const format::affine from = *codes_of(x.g[input]);
    auto in = x.current.parts.size() == 1 ? x.read(input, form::codes, placement::bordered)
                                          : read_part(x, input, part);
    if (!in)
        return in;
    const auto own = pith::detail::numbers_of<std::int8_t>(std::span<const std::int8_t>(codes),
                                                           static_cast<std::int64_t>(l.inputs), part,
                                                           [](std::int8_t e) { return e; });
    l.inputs = static_cast<std::size_t>(part.last - part.first);
    const auto offsets = fold_zero(std::vector<std::int32_t>(l.outputs, 0), own, from.zero);
    const auto factors = output_factors(from.scale, weight_scales(x.g[weights]), std::nullopt);
    const tensor_id out = make_sum(x);
    run::op::quantized_convolution_record r{};
    r.op = operands(out, *in);
    r.highest = 255;
    auto& op = add_codes_convolution(
        x, l, store_weights(l, own, x.g[weights].encoded, int8_tile_for(x.processor)), offsets, factors, r);
    if (x.current.parts.size() > 1)
        op.name += "/inputs " + std::to_string(part.first) + " to " + std::to_string(part.last - 1);
    return out;
}

/// The depth in parts whose sums fit in int32; as reals these are added up, and the bias last.
template <class T, class Layers>
result<void> lower_parts(lowering<T, Layers>& x, const weighted_layer& l, value_id input, value_id weights,
                         value_id bias) {
    const step& s = x.current;
    const shape& dims = x.g[s.output].dims;
    const auto codes = weight_codes(x.g[weights]);
    tensor_id sum = no_tensor;
    std::size_t left = s.parts.size() - (bias == no_value ? 1 : 0); // additions
    const auto add = [&](tensor_id other, const strides& steps) {
        const bool last = --left == 0;
        const tensor_id to = last && !s.codes ? x.real_output(s.output, true) : make_sum(x);
        add_binary(x, binary_op::add, to, dims, sum, x.steps(sum, dims), other, steps, {});
        sum = to;
    };
    for (const depth_part& part : s.parts) {
        const auto own = lower_part(x, l, input, weights, codes, part);
        if (!own)
            return own.error();
        if (sum == no_tensor)
            sum = *own;
        else
            add(*own, x.steps(*own, dims));
    }
    if (bias != no_value)
        add(channel_constant(x, floats(*x.g[bias].reals())), broadcast_strides({dims.back()}, dims));
    if (s.codes)
        x.quantize(sum, x.output(s.output, form::codes, true), *s.codes);
    return {};
}

template <class T, class Layers>
result<void> lower_codes(lowering<T, Layers>& x, const weighted_layer& l, value_id input, value_id weights,
                         value_id bias_of) {
    const step& s = x.current;
    const format::affine from = *codes_of(x.g[input]);
    const auto scales = weight_scales(x.g[weights]);
    const auto codes = weight_codes(x.g[weights]);
    const tensor<T>* real_bias = bias_of == no_value ? nullptr : x.g[bias_of].reals();
    const auto factors = output_factors(from.scale, scales, s.codes);
    const bool signs = multiplies_signs(x.g, l, input, weights);

    const auto in = signs ? read_bits(x, input) : x.read(input, form::codes, placement::bordered);
    if (!in)
        return in.error();
    result<tensor_id> residual = no_tensor;
    if (s.add != no_node)
        residual = x.read(s.residual, form::codes);
    if (!residual)
        return residual.error();
    const bool real = !s.codes;
    const tensor_id out = real ? x.real_output(s.output, true) : x.output(s.output, form::codes, true);

    run::op::quantized_convolution_record r{};
    r.op = operands(out, *in, *residual);
    const format::affine to = s.codes.value_or(format::affine{});
    r.zero = static_cast<std::uint8_t>(to.zero);
    r.lowest = static_cast<std::uint8_t>(to.lowest);
    r.highest = static_cast<std::uint8_t>(to.highest);
    if (s.add != no_node) {
        format::affine a = to;
        format::affine b = *codes_of(x.g[s.residual]);
        if (s.residual_is_first)
            std::swap(a, b);
        const format::affine& sum = *s.add_codes;
        const auto add = format::make_add_factors(a.scale, a.zero, b.scale, b.zero, sum.scale, sum.zero);
        r.residual_is_first = s.residual_is_first ? 1 : 0;
        r.add_ra = add.ra;
        r.add_rb = add.rb;
        r.add_offset = add.offset;
        r.add_lowest = static_cast<std::uint8_t>(sum.lowest);
        r.add_highest = static_cast<std::uint8_t>(sum.highest);
    }
    const auto bias = bias_codes(real_bias, from.scale, scales);
    if (signs)
        add_bits_convolution(x, l, codes, bias, factors, r);
    else
        add_int8_convolution(x, l, codes, x.g[weights], fold_zero(bias, codes, from.zero), factors, r);
    if (real)
        x.settle(s.output, out);
    return {};
}

template <class T, class Layers, class Layer>
result<void> lower_weighted(lowering<T, Layers>& x, const Layer& layer, const std::vector<value_id>& inputs) {
    const value_id weights = inputs[1];
    const value_id bias = inputs.size() > 2 ? inputs[2] : no_value;
    if (weights == no_value || x.g[weights].reals() == nullptr ||
        (bias != no_value && x.g[bias].reals() == nullptr))
        return fault{errc::unsupported, "weights and biases that the network computes cannot be packed"};
    const weighted_layer l = weighted(layer, x.g[weights].dims);
    PITH_TRY(check_window(l));
    if (!x.current.parts.empty())
        return lower_parts(x, l, inputs[0], weights, bias);
    if (x.current.integer)
        return lower_codes(x, l, inputs[0], weights, bias);
    return lower_reals(x, l, inputs[0], floats(round_to_codes(x.g[weights])),
                       bias == no_value ? std::vector<float>{} : floats(round_to_codes(x.g[bias])),
                       x.g[weights].sparsity);
}

} // namespace pith::plan::detail

namespace pith::plan {

template <>
struct layer_lowering<conv2d> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const conv2d& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<conv2d>::lower(lowering<T, Layers>& x, const conv2d& layer,
                                           const std::vector<value_id>& inputs) {
    return detail::lower_weighted(x, layer, inputs);
}
template <>
struct layer_lowering<dense> {
    template <class T, class Layers>
    [[nodiscard]] static result<void> lower(lowering<T, Layers>& x, const dense& layer,
                                            const std::vector<value_id>& inputs);
};
template <class T, class Layers>
result<void> layer_lowering<dense>::lower(lowering<T, Layers>& x, const dense& layer,
                                          const std::vector<value_id>& inputs) {
    return detail::lower_weighted(x, layer, inputs);
}

} // namespace pith::plan

#endif
