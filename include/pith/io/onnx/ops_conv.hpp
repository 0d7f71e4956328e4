// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_CONV_HPP
#define PITH_IO_ONNX_OPS_CONV_HPP
/// Windowed operators: convolution and pooling; one-dimensional ones become images of height 1.

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../../base/on_use.hpp"
#include "steps.hpp"

namespace pith::io::onnx {

namespace detail {

/// The window attributes of Conv and the pools, as two axes.
struct window_attributes {
    std::array<std::uint32_t, 2> kernel{1, 1};
    std::array<std::uint32_t, 2> strides{1, 1};
    std::array<std::uint32_t, 2> dilations{1, 1};
    std::array<std::uint32_t, 4> pads{0, 0, 0, 0};
};

/// One entry per spatial axis of the model; `first` is 1 for one-dimensional windows.
template <class T>
void take_pair(const call<T>& c, std::string_view name, std::size_t first, bool positive,
               std::array<std::uint32_t, 2>& out) {
    const auto values = c.wholes(name);
    if (values.empty())
        return;
    c.expect(values.size() == 2 - first, errc::bad_shape,
             "an attribute has another length than the image has axes");
    for (std::size_t i = 0; i < values.size(); ++i) {
        out[first + i] = c.small(values[i]);
        c.expect(!positive || out[first + i] > 0, errc::bad_option, "a stride, dilation or kernel size is 0");
    }
}

/// Padding that makes the output as large as the input divided by the stride.
template <class = on_use>
inline void pad_same(window_attributes& w, const shape& image, bool upper) {
    for (std::size_t i = 0; i < 2; ++i) {
        const std::int64_t size = image[1 + i];
        const std::int64_t reach = (std::int64_t{w.kernel[i]} - 1) * w.dilations[i] + 1;
        const std::int64_t outputs = (size + w.strides[i] - 1) / w.strides[i];
        const std::int64_t total = std::max<std::int64_t>((outputs - 1) * w.strides[i] + reach - size, 0);
        const auto less = static_cast<std::uint32_t>(total / 2);
        const auto more = static_cast<std::uint32_t>(total) - less;
        w.pads[i] = upper ? less : more;
        w.pads[2 + i] = upper ? more : less;
    }
}

/// @param image stored sizes [n, h, w, c]
template <class T>
[[nodiscard]] window_attributes read_window(const call<T>& c, const shape& image, std::size_t first,
                                            std::array<std::uint32_t, 2> kernel) {
    window_attributes w;
    w.kernel = kernel;
    take_pair(c, "kernel_shape", first, true, w.kernel);
    take_pair(c, "strides", first, true, w.strides);
    take_pair(c, "dilations", first, true, w.dilations);
    const auto pads = c.wholes("pads");
    if (!pads.empty()) {
        c.expect(pads.size() == 2 * (2 - first), errc::bad_shape,
                 "an attribute has another length than the image has axes");
        for (std::size_t i = 0; i < pads.size(); ++i)
            w.pads[first == 0 ? i : 2 * i + 1] = c.small(pads[i]);
    }
    const auto mode = c.text("auto_pad", "NOTSET");
    if (mode == "VALID")
        w.pads = {0, 0, 0, 0};
    else if (mode == "SAME_UPPER" || mode == "SAME_LOWER")
        pad_same(w, image, mode == "SAME_UPPER");
    else
        c.expect(mode == "NOTSET", errc::bad_option, "auto_pad has an unknown value");
    return w;
}

/// Input 0 stored [n, h, w, c].
template <class T>
[[nodiscard]] operand image_input(call<T>& c) {
    const operand x = c.in(0);
    c.expect(x.dims.rank() != 5, errc::unsupported,
             "three-dimensional convolution and pooling are not supported");
    c.expect(x.dims.rank() == 3 || x.dims.rank() == 4, errc::bad_shape,
             "an image with one or two spatial axes is needed");
    return c.make.arranged(x, channels_last(x.dims.rank()));
}

} // namespace detail

template <class T>
void import_conv(call<T>& c) {
    const operand x = detail::image_input(c);
    const operand weights = c.in(1);
    c.expect(weights.dims.rank() == x.dims.rank(), errc::bad_shape,
             "image and weights have different numbers of axes");
    const value_id w = c.make.place(weights, channels_last(weights.dims.rank()));
    const std::size_t first = 4 - x.dims.rank();
    const shape lies = c.make.net[w].dims;
    const std::array<std::uint32_t, 2> kernel{c.small(lies[1]), c.small(lies[2])};
    const auto a = detail::read_window(c, c.make.net[x.id].dims, first, kernel);
    c.expect(a.kernel == kernel, errc::bad_shape, "kernel_shape differs from the weights' shape");
    conv2d layer{a.strides, a.pads, a.dilations, c.small(c.whole("group", 1))};
    std::vector<value_id> inputs{x.id, w};
    if (c.has(2))
        inputs.push_back(c.make.place(c.raw(2)));
    c.out(0, c.stored(c.make.emit(layer, std::move(inputs)), x.order));
}

namespace detail {

/// The pooling layer that a node describes, on image x.
template <class T>
[[nodiscard]] pool2d read_pool(const call<T>& c, pool_op op, const operand& x) {
    c.expect(c.has_attribute("kernel_shape"), errc::bad_file, "the attribute kernel_shape is missing");
    const auto a = read_window(c, c.make.net[x.id].dims, 4 - x.dims.rank(), {1, 1});
    pool2d layer;
    layer.op = op;
    layer.kernel = a.kernel;
    layer.strides = a.strides;
    layer.pads = a.pads;
    layer.dilations = a.dilations;
    layer.ceil_mode = c.whole("ceil_mode", 0) != 0;
    layer.count_include_pad = c.whole("count_include_pad", 0) != 0;
    return layer;
}

} // namespace detail

template <class T, pool_op Op>
void import_pool(call<T>& c) {
    c.expect(!c.wants(1), errc::unsupported, "the positions of maxima (second output) are not supported");
    const operand x = detail::image_input(c);
    c.out(0, c.stored(c.make.emit(detail::read_pool(c, Op, x), {x.id}), x.order));
}

/// (sum of |x|^p)^(1/p): the sum is the average, padding counted, times the size of the window.
template <class T>
void import_power_pool(call<T>& c) {
    const operand x = detail::image_input(c);
    const auto p = static_cast<float>(c.opset < 2 ? static_cast<double>(c.real("p", 2.F))
                                                  : static_cast<double>(c.whole("p", 2)));
    c.expect(p > 0.F, errc::bad_option, "the exponent must be positive");
    pool2d layer = detail::read_pool(c, pool_op::average, x);
    c.expect(!layer.ceil_mode, errc::unsupported, "ceil_mode is not supported for this operator");
    layer.count_include_pad = true;
    const operand powers = combine(c, binary_op::pow, apply(c, {unary_op::abs}, x), p);
    const operand mean = c.stored(c.make.emit(layer, {powers.id}), x.order);
    const operand sum =
        combine(c, binary_op::mul, mean, static_cast<float>(layer.kernel[0] * layer.kernel[1]));
    c.out(0, combine(c, binary_op::pow, sum, 1.F / p));
}

template <class T, pool_op Op>
void import_global_pool(call<T>& c) {
    const operand x = detail::image_input(c);
    pool2d layer;
    layer.op = Op;
    layer.global = true;
    c.out(0, c.stored(c.make.emit(layer, {x.id}), x.order));
}

template <class T>
inline constexpr operator_entry<T> conv_operators[] = {
    {"Conv", &import_conv<T>},
    {"MaxPool", &import_pool<T, pool_op::max>},
    {"AveragePool", &import_pool<T, pool_op::average>},
    {"LpPool", &import_power_pool<T>},
    {"GlobalMaxPool", &import_global_pool<T, pool_op::max>},
    {"GlobalAveragePool", &import_global_pool<T, pool_op::average>},
};

} // namespace pith::io::onnx

#endif
