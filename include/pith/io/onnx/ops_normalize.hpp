// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_NORMALIZE_HPP
#define PITH_IO_ONNX_OPS_NORMALIZE_HPP
/// Normalisation and probabilities: BatchNormalization, the layer, instance and group kinds, softmax.

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "steps.hpp"

namespace pith::io::onnx {

namespace detail {

/// (x - mean) / sqrt(variance + epsilon) over `axes`; the mean and the inverse deviation beside it.
struct normalized {
    operand y, mean, inverse;
};

template <class G>
[[nodiscard]] normalized normalize(call<G>& c, const operand& x, const std::vector<std::size_t>& axes,
                                   float epsilon) {
    const operand mean = reduce_over(c, reduce_op::mean, x, axes, true);
    const operand centred = combine(c, binary_op::sub, x, mean);
    const operand squares = combine(c, binary_op::mul, centred, centred);
    const operand variance = reduce_over(c, reduce_op::mean, squares, axes, true);
    const operand deviation = apply(c, {unary_op::sqrt}, combine(c, binary_op::add, variance, epsilon));
    const operand inverse = apply(c, {unary_op::reciprocal}, deviation);
    return {combine(c, binary_op::mul, centred, inverse), mean, inverse};
}

/// [channels] as [channels, 1, ...] beside an input of `rank` axes.
template <class G>
[[nodiscard]] operand per_channel(call<G>& c, const operand& p, std::size_t rank) {
    shape dims = p.dims;
    while (dims.rank() + 1 < rank)
        dims.push_back(1);
    return reshape_to(c, p, dims);
}

[[nodiscard]] inline std::vector<std::size_t> axes_from(std::size_t first, std::size_t rank) {
    std::vector<std::size_t> out(rank - first);
    std::iota(out.begin(), out.end(), first);
    return out;
}

} // namespace detail

namespace detail {

/// With the statistics of the batch itself, and the running ones that follow from them.
template <class G>
void train_batch_norm(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t rank = x.dims.rank();
    c.expect(rank >= 2 && x.dims.elements() > 0, errc::bad_shape, "an input with a channel axis is needed");
    auto axes = axes_from(1, rank);
    axes[0] = 0; // all but the channels
    const operand mean = reduce_over(c, reduce_op::mean, x, axes, true);
    const operand centred = combine(c, binary_op::sub, x, mean);
    const operand squares = combine(c, binary_op::mul, centred, centred);
    const operand variance = reduce_over(c, reduce_op::mean, squares, axes, true);
    const operand shifted = combine(c, binary_op::add, variance, c.real("epsilon", 1e-5F));
    const operand y = combine(c, binary_op::div, centred, apply(c, {unary_op::sqrt}, shifted));
    const operand scaled = combine(c, binary_op::mul, y, per_channel(c, c.in(1), rank));
    c.out(0, combine(c, binary_op::add, scaled, per_channel(c, c.in(2), rank)));
    const float momentum = c.real("momentum", 0.9F);
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}}) {
        if (!c.wants(i))
            continue;
        const operand now = reshape_to(c, i == 1 ? mean : variance, {x.dims[1]});
        const operand kept = combine(c, binary_op::mul, c.in(2 + i), momentum);
        c.out(i, combine(c, binary_op::add, kept, combine(c, binary_op::mul, now, 1.F - momentum)));
    }
}

} // namespace detail

template <class G>
void import_batch_norm(call<G>& c) {
    if (c.opset >= 14 && c.whole("training_mode", 0) != 0)
        return detail::train_batch_norm(c);
    c.expect(!(c.opset < 7 && c.whole("is_test", 0) == 0) && !c.wants(1), errc::unsupported,
             "the node is in training mode; export the model for inference");
    c.expect(c.whole("spatial", 1) != 0, errc::unsupported,
             "statistics per position (spatial 0) are not supported");
    operand x = c.raw(0);
    c.expect(x.dims.rank() >= 2, errc::bad_shape, "an input with a channel axis is needed");
    const auto mixed = x.mixed;
    if (!mixed)
        x = c.make.arranged(x, channels_last(x.dims.rank()));
    std::vector<value_id> inputs{x.id};
    for (std::size_t i = 1; i < 5; ++i) {
        const operand p = c.in(i);
        c.expect(p.dims == shape{x.dims[1]}, errc::bad_shape, "the statistics need one number per channel");
        inputs.push_back(mixed ? mix_constant(c, p, *mixed).id : c.make.place(p));
    }
    operand y = x;
    y.id = c.make.emit(batch_norm{c.real("epsilon", 1e-5F)}, std::move(inputs));
    c.out(0, y);
}

template <class G>
void import_layer_norm(call<G>& c) {
    const operand x = in_float(c, c.in(0));
    const std::size_t first = c.axis(c.whole("axis", -1), x.dims.rank());
    const auto n = detail::normalize(c, x, detail::axes_from(first, x.dims.rank()), c.real("epsilon", 1e-5F));
    operand y = combine(c, binary_op::mul, n.y, in_float(c, c.in(1)));
    if (c.has(2))
        y = combine(c, binary_op::add, y, in_float(c, c.in(2)));
    c.out(0, apply_cast(c, y, c.raw(0).type));
    c.out(1, n.mean);
    c.out(2, n.inverse);
}

/// x over the root of its mean square, scaled.
template <class G>
void import_rms_norm(call<G>& c) {
    const operand x = in_float(c, c.in(0));
    const std::size_t rank = x.dims.rank();
    const auto axes = detail::axes_from(c.axis(c.whole("axis", -1), rank), rank);
    const operand square = reduce_over(c, reduce_op::mean, combine(c, binary_op::mul, x, x), axes, true);
    const operand shifted = combine(c, binary_op::add, square, c.real("epsilon", 1e-5F));
    const operand y = combine(c, binary_op::div, x, apply(c, {unary_op::sqrt}, shifted));
    c.out(0, apply_cast(c, combine(c, binary_op::mul, y, in_float(c, c.in(1))), c.raw(0).type));
}

namespace detail {

/// The attribute `axes`, or those given.
template <class G>
[[nodiscard]] std::vector<std::size_t> axes_or(const call<G>& c, std::vector<std::int64_t> axes,
                                               std::size_t rank) {
    if (c.has_attribute("axes"))
        axes = c.wholes("axes");
    std::vector<std::size_t> out;
    for (const auto a : axes)
        out.push_back(c.axis(a, rank));
    return out;
}

} // namespace detail

template <class G>
void import_mean_variance_norm(call<G>& c) {
    const operand x = in_float(c, c.in(0));
    const auto axes = detail::axes_or(c, {0, 2, 3}, x.dims.rank());
    const operand mean = reduce_over(c, reduce_op::mean, x, axes, true);
    const operand centred = combine(c, binary_op::sub, x, mean);
    const operand squares = combine(c, binary_op::mul, centred, centred);
    const operand deviation =
        apply(c, {unary_op::sqrt}, reduce_over(c, reduce_op::mean, squares, axes, true));
    const operand y = combine(c, binary_op::div, centred, combine(c, binary_op::add, deviation, 1e-9));
    c.out(0, apply_cast(c, y, c.raw(0).type));
}

/// x over its norm along one axis; zeros stay what they are.
template <class G>
void import_power_norm(call<G>& c) {
    const operand x = in_float(c, c.in(0));
    const std::size_t axis = c.axis(c.whole("axis", -1), x.dims.rank());
    const std::int64_t p = c.whole("p", 2);
    c.expect(p == 1 || p == 2, errc::bad_option, "the norm must be of order 1 or 2");
    const operand norm = reduce_over(c, p == 1 ? reduce_op::l1 : reduce_op::l2, x, {axis}, true);
    const operand y = combine(c, binary_op::div, x, combine(c, binary_op::max, norm, 1e-37));
    c.out(0, apply_cast(c, y, c.raw(0).type));
}

template <class G>
void import_instance_norm(call<G>& c) {
    const operand x = in_float(c, c.in(0));
    const std::size_t rank = x.dims.rank();
    c.expect(rank >= 3, errc::bad_shape, "an image is needed");
    const auto n = detail::normalize(c, x, detail::axes_from(2, rank), c.real("epsilon", 1e-5F));
    operand y = combine(c, binary_op::mul, n.y, detail::per_channel(c, in_float(c, c.in(1)), rank));
    y = combine(c, binary_op::add, y, detail::per_channel(c, in_float(c, c.in(2)), rank));
    c.out(0, apply_cast(c, y, c.raw(0).type));
}

template <class G>
void import_group_norm(call<G>& c) {
    const operand x = in_float(c, c.in(0));
    const std::int64_t groups = c.whole("num_groups", 0);
    c.expect(x.dims.rank() >= 2 && x.dims.rank() < max_rank && groups > 0 && x.dims[1] % groups == 0,
             errc::bad_shape, "the channels cannot be divided into the groups");
    shape split{x.dims[0], groups, x.dims[1] / groups};
    for (std::size_t i = 2; i < x.dims.rank(); ++i)
        split.push_back(x.dims[i]);
    const auto axes = detail::axes_from(2, split.rank());
    const auto n = detail::normalize(c, reshape_to(c, x, split), axes, c.real("epsilon", 1e-5F));
    const bool per_group = c.in(1).dims == shape{groups} && c.opset < 21;
    const operand wide = per_group ? n.y : reshape_to(c, n.y, x.dims);
    const std::size_t rank = wide.dims.rank();
    operand y = combine(c, binary_op::mul, wide, detail::per_channel(c, in_float(c, c.in(1)), rank));
    y = combine(c, binary_op::add, y, detail::per_channel(c, in_float(c, c.in(2)), rank));
    y = apply_cast(c, y, c.raw(0).type);
    c.out(0, per_group ? reshape_to(c, y, x.dims) : y);
}

/// x / (bias + alpha * mean of squares over neighbouring channels) ^ beta: the mean is a pool along the
/// channels.
template <class G>
void import_local_response_norm(call<G>& c) {
    const operand x = c.make.arranged(in_float(c, c.in(0)), channels_last(c.raw(0).dims.rank()));
    const std::int64_t size = c.whole("size", 0);
    c.expect(x.dims.rank() >= 3 && size > 0, errc::bad_shape, "an image and a positive size are needed");
    const operand squares = combine(c, binary_op::mul, x, x);
    const shape lies = c.make.net[squares.id].dims;
    const std::size_t last = lies.rank() - 1;
    pool2d window;
    window.op = pool_op::average;
    window.kernel = {1, c.small(size)};
    window.pads = {0, c.small((size - 1) / 2), 0, c.small(size / 2)};
    window.count_include_pad = true;
    const value_id rows = c.make.reshaped(squares.id, {lies[0], lies.product(1, last), lies[last], 1});
    operand mean = squares;
    mean.id = c.make.reshaped(c.make.emit(window, {rows}), lies);
    const operand scaled = combine(c, binary_op::mul, mean, c.real("alpha", 1e-4F));
    const operand shifted = combine(c, binary_op::add, scaled, c.real("bias", 1.F));
    const operand power = combine(c, binary_op::pow, shifted, -c.real("beta", 0.75F));
    c.out(0, apply_cast(c, combine(c, binary_op::mul, x, power), c.raw(0).type));
}

template <class G, bool Log>
void import_softmax(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t rank = x.dims.rank();
    c.expect(rank > 0, errc::bad_shape, "an axis is out of range");
    const std::size_t axis =
        c.axis(c.whole("axis", c.opset < 13 ? 1 : -1), std::max<std::size_t>(rank, 2)) % rank;
    // Before opset 13 all axes from `axis` on are one.
    if (c.opset < 13 && x.dims.product(axis, rank) != x.dims[axis]) {
        operand flat = reshape_to(c, x, {x.dims.product(0, axis), x.dims.product(axis, rank)});
        flat = c.make.unmixed(flat);
        flat.id = c.make.emit(softmax{stored_axis(flat.order, 1), Log}, {flat.id});
        c.out(0, reshape_to(c, flat, x.dims));
        return;
    }
    operand y = x;
    y.id = c.make.emit(softmax{stored_axis(x.order, axis), Log}, {x.id});
    c.out(0, y);
}

template <class G>
void import_dropout(call<G>& c) {
    const operand x = c.raw(0);
    bool trains = c.opset < 7 && c.whole("is_test", 0) == 0;
    if (c.opset >= 12 && c.has(2)) {
        const bool asked = c.constant_wholes(2) != std::vector<std::int64_t>{0};
        trains = asked && (!c.has(1) || c.constant_reals(1) != std::vector<float>{0.F});
    }
    c.expect(!trains, errc::unsupported,
             "the node drops elements by chance (training mode); export the model for inference");
    c.out(0, x);
    if (!c.wants(1))
        return;
    c.make.left().charge(static_cast<std::uint64_t>(x.dims.elements()) * 8, c.make.where());
    if (c.opset < 10)
        c.out(1, c.make.constant(tensor<scalar_of<G>>(x.dims, scalar_of<G>{1})));
    else
        c.out(1, c.make.constant(tensor<std::int64_t>(x.dims, 1), format::dtype::boolean));
}

template <class G>
inline constexpr operator_entry<G> normalize_operators[] = {
    {"BatchNormalization", &import_batch_norm<G>},
    {"LayerNormalization", &import_layer_norm<G>},
    {"InstanceNormalization", &import_instance_norm<G>},
    {"RMSNormalization", &import_rms_norm<G>},
    {"MeanVarianceNormalization", &import_mean_variance_norm<G>},
    {"LpNormalization", &import_power_norm<G>},
    {"GroupNormalization", &import_group_norm<G>},
    {"LRN", &import_local_response_norm<G>},
    {"Softmax", &import_softmax<G, false>},
    {"LogSoftmax", &import_softmax<G, true>},
    {"Dropout", &import_dropout<G>},
};

} // namespace pith::io::onnx

#endif
