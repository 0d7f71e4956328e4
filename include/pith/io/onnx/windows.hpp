// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WINDOWS_HPP
#define PITH_IO_ONNX_WINDOWS_HPP
/// Windows over images of one, two or three spatial axes: what convolution and pooling share.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../../graph/window_axis.hpp"
#include "steps.hpp"

namespace pith::io::onnx {

/// Depth, height and width; those that an image lacks have size 1 and a window of 1.
using window_axes = std::array<window_axis, 3>;

namespace detail {

/// Input 0 stored [n, h, w, c], or [n, d, h, w, c] if it has three spatial axes.
template <class G>
[[nodiscard]] operand image_input(call<G>& c) {
    const operand x = c.in(0);
    c.expect(x.dims.rank() >= 3 && x.dims.rank() <= 5, errc::unsupported,
             "an image with one, two or three spatial axes is needed");
    return c.make.arranged(x, channels_last(x.dims.rank()));
}

/// Where the spatial axes of an image of `rank` axes begin among the three.
[[nodiscard]] constexpr std::size_t first_spatial(std::size_t rank) noexcept {
    return 5 - rank;
}

/// Calls set(axis, value) for the entries of an attribute that has one per spatial axis.
template <class G, class Set>
void each_spatial(const call<G>& c, std::string_view name, std::size_t rank, const Set& set) {
    const auto values = c.wholes(name);
    if (values.empty())
        return;
    c.expect(values.size() == rank - 2, errc::bad_shape,
             "an attribute has another length than the image has axes");
    for (std::size_t i = 0; i < values.size(); ++i)
        set(first_spatial(rank) + i, std::int64_t{c.small(values[i])});
}

/// What makes the output as large as the input divided by the stride.
inline void pad_same(window_axis& w, bool upper) {
    const std::int64_t reach = (w.kernel - 1) * w.dilation + 1;
    const std::int64_t outputs = (w.input + w.stride - 1) / w.stride;
    const std::int64_t total = std::max<std::int64_t>((outputs - 1) * w.stride + reach - w.input, 0);
    w.before = upper ? total / 2 : total - total / 2;
    w.after = total - w.before;
}

/// kernel_shape, strides, dilations and pads of an image [n, c, ...]. @param kernel that of the weights, if
/// there are any
template <class G>
[[nodiscard]] window_axes read_windows(const call<G>& c, const shape& image, const shape& kernel = {}) {
    const std::size_t rank = image.rank();
    window_axes w;
    for (std::size_t i = 0; i < 3; ++i)
        w[i].input = i < first_spatial(rank) ? 1 : image[2 + i - first_spatial(rank)];
    for (std::size_t i = 0; i < kernel.rank(); ++i)
        w[first_spatial(rank) + i].kernel = c.small(kernel[i]);
    each_spatial(c, "kernel_shape", rank, [&](std::size_t i, std::int64_t v) {
        c.expect(kernel.rank() == 0 || v == w[i].kernel, errc::bad_shape,
                 "kernel_shape differs from the weights' shape");
        w[i].kernel = v;
    });
    each_spatial(c, "strides", rank, [&](std::size_t i, std::int64_t v) { w[i].stride = v; });
    each_spatial(c, "dilations", rank, [&](std::size_t i, std::int64_t v) { w[i].dilation = v; });
    for (const auto& a : w)
        c.expect(a.kernel > 0 && a.stride > 0 && a.dilation > 0, errc::bad_option,
                 "a stride, dilation or kernel size is 0");
    const auto pads = c.wholes("pads");
    c.expect(pads.empty() || pads.size() == 2 * (rank - 2), errc::bad_shape,
             "an attribute has another length than the image has axes");
    for (std::size_t i = 0; i < pads.size() / 2; ++i) {
        w[first_spatial(rank) + i].before = c.small(pads[i]);
        w[first_spatial(rank) + i].after = c.small(pads[i + rank - 2]);
    }
    return w;
}

/// auto_pad of Conv and the pools, where the padding follows from the input.
template <class G>
void apply_auto_pad(const call<G>& c, window_axes& windows) {
    const auto mode = c.text("auto_pad", "NOTSET");
    c.expect(mode == "NOTSET" || mode == "VALID" || mode == "SAME_UPPER" || mode == "SAME_LOWER",
             errc::bad_option, "auto_pad has an unknown value");
    for (auto& w : windows)
        if (mode == "VALID")
            w.before = w.after = 0;
        else if (mode != "NOTSET")
            pad_same(w, mode == "SAME_UPPER");
}

/// The strides, pads and dilations of a layer's height and width.
template <class G, class Layer>
void set_windows(const call<G>& c, Layer& layer, const window_axis& high, const window_axis& wide) {
    layer.strides = {c.small(high.stride), c.small(wide.stride)};
    layer.dilations = {c.small(high.dilation), c.small(wide.dilation)};
    layer.pads = {c.small(high.before), c.small(wide.before), c.small(high.after), c.small(wide.after)};
}

template <class G>
[[nodiscard]] std::int64_t outputs_of(const call<G>& c, const window_axis& w, bool ceil = false) {
    const auto n = pith::outputs_of(w, ceil);
    if (!n)
        c.refuse(n.error().code, n.error().what);
    return *n;
}

/// A constant of whole numbers, at(i) in place i.
template <class G, class At>
[[nodiscard]] operand whole_table(call<G>& c, const shape& dims, format::dtype type, const At& at) {
    std::int64_t elements = 1;
    for (const auto d : dims) {
        c.expect(d == 0 || elements <= max_elements / d, errc::bad_shape,
                 "a value has more than 2^31 elements");
        elements *= d;
    }
    c.make.left().charge(static_cast<std::uint64_t>(elements) * 8, c.make.where());
    tensor<std::int64_t> t(dims);
    for (std::size_t i = 0; i < t.size(); ++i)
        t[i] = at(static_cast<std::int64_t>(i));
    return c.make.constant(std::move(t), type);
}

/// A constant of indices [rows, columns], with at(row, column) in each place.
template <class G, class At>
[[nodiscard]] value_id index_table(call<G>& c, std::int64_t rows, std::int64_t columns, const At& at) {
    return whole_table(c, {rows, columns}, format::dtype::i64,
                       [&](std::int64_t i) { return at(i / columns, i % columns); })
        .id;
}

/// A stored value padded and cropped along its axes.
template <class G>
[[nodiscard]] value_id padded(call<G>& c, value_id x, std::size_t axis, std::int64_t before,
                              std::int64_t after) {
    if (before == 0 && after == 0)
        return x;
    const std::size_t rank = c.make.net[x].dims.rank();
    pad layer{std::vector<std::int64_t>(rank, 0), std::vector<std::int64_t>(rank, 0)};
    layer.before[axis] = before;
    layer.after[axis] = after;
    return c.make.emit(std::move(layer), {x});
}

/// `size` stored elements of one axis from `first` on.
template <class G>
[[nodiscard]] value_id cut(call<G>& c, value_id x, std::size_t axis, std::int64_t first, std::int64_t size,
                           std::int64_t step = 1) {
    const shape dims = c.make.net[x].dims;
    if (first == 0 && size == dims[axis] && step == 1)
        return x;
    slice layer{std::vector<std::int64_t>(dims.rank(), 0),
                {dims.begin(), dims.end()},
                std::vector<std::int64_t>(dims.rank(), 1)};
    layer.begins[axis] = first;
    layer.sizes[axis] = size;
    layer.steps[axis] = step;
    return c.make.emit(std::move(layer), {x});
}

/// A stored value seen with sizes `dims`, its axes brought into the order `order`; sizes of 1 cost nothing.
template <class G>
[[nodiscard]] value_id shuffled(call<G>& c, value_id x, const shape& dims, const layout& order) {
    const value_id split = c.make.reshaped(x, dims);
    return c.make.place(operand{split, dims, identity_layout(dims.rank()), std::nullopt, c.make.net[x].type},
                        order);
}

/// y [..., outputs, inner...] = matrix [outputs, size] times x [..., size, inner...], all of them stored
/// values.
template <class G>
[[nodiscard]] value_id multiply_axis(call<G>& c, value_id matrix, value_id x, std::size_t axis) {
    shape wanted = c.make.net[x].dims;
    shape columns;
    for (std::size_t i = 0; i <= axis; ++i)
        columns.push_back(wanted[i]);
    c.expect(columns.rank() < max_rank, errc::unsupported, "tensors have at most 8 dimensions here");
    columns.push_back(wanted.product(axis + 1, wanted.rank()));
    wanted[axis] = c.make.net[matrix].dims[0];
    return c.make.reshaped(c.make.emit(matmul{}, {matrix, c.make.reshaped(x, columns)}), wanted);
}

} // namespace detail
} // namespace pith::io::onnx

#endif
