// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_LAYERS_WINDOW_HPP
#define PITH_IO_ONNX_WRITE_LAYERS_WINDOW_HPP
/// Layers on images, channels first in the file, and products with weights.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../../graph/layer/batch_norm.hpp"
#include "../../graph/layer/conv2d.hpp"
#include "../../graph/layer/dense.hpp"
#include "../../graph/layer/matmul.hpp"
#include "../../graph/layer/pool2d.hpp"
#include "../../graph/layer/resize2d.hpp"
#include "direct.hpp"
#include "layer_writing.hpp"
#include "writer.hpp"

namespace pith::io::onnx_write {

template <class List>
[[nodiscard]] wholes list_of(const List& values) {
    wholes out;
    for (const auto v : values)
        out.push_back(static_cast<std::int64_t>(v));
    return out;
}

template <class Node>
[[nodiscard]] value_id input_of(const Node& n, std::size_t i) {
    return i < n.inputs.size() ? n.inputs[i] : no_value;
}

template <>
struct layer_writing<conv2d> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const conv2d& layer);
};
template <class W, class Node>
void layer_writing<conv2d>::write(W& w, const Node& n, const conv2d& layer) {
    const layout first = channels_first(4);
    std::vector<std::string> inputs{w.take(n.inputs[0], first), w.take(n.inputs[1], first)};
    if (w.on_codes)
        inputs = with_codes(w, n, inputs);
    if (input_of(n, 2) != no_value)
        inputs.push_back(w.bias(n));
    const shape& kernel = w.dims(n.inputs[1]);
    attribute_list a;
    a.list("dilations", list_of(layer.dilations))
        .whole("group", layer.groups)
        .list("kernel_shape", {kernel[1], kernel[2]})
        .list("pads", list_of(layer.pads))
        .list("strides", list_of(layer.strides));
    w.emit(w.on_codes ? "QLinearConv" : "Conv", std::move(inputs), {w.give(n.outputs[0], first)},
           std::move(a));
}

template <>
struct layer_writing<pool2d> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const pool2d& layer);
};
template <class W, class Node>
void layer_writing<pool2d>::write(W& w, const Node& n, const pool2d& layer) {
    const layout first = channels_first(4);
    const bool most = layer.op == pool_op::max;
    const std::string x = w.take(n.inputs[0], first);
    const std::string y = w.give(n.outputs[0], first);
    if (layer.global && !most && w.on_codes)
        return emit_runtime(w, "QLinearGlobalAveragePool", with_codes(w, n, {x}), y,
                            attribute_list{}.whole("channels_last", 0));
    if (layer.global)
        return w.emit(most ? "GlobalMaxPool" : "GlobalAveragePool", {x}, {y});
    attribute_list a;
    a.whole("ceil_mode", layer.ceil_mode ? 1 : 0);
    const bool dilated = layer.dilations[0] != 1 || layer.dilations[1] != 1;
    if (!most)
        a.whole("count_include_pad", layer.count_include_pad ? 1 : 0);
    if (dilated && !most && w.opset < 19)
        w.refuse(errc::unsupported, "an average over a dilated window needs opset 19");
    if (most || dilated)
        a.list("dilations", list_of(layer.dilations));
    a.list("kernel_shape", list_of(layer.kernel))
        .list("pads", list_of(layer.pads))
        .list("strides", list_of(layer.strides));
    if (!most && w.on_codes)
        return emit_runtime(w, "QLinearAveragePool", with_codes(w, n, {x}), y,
                            std::move(a.whole("channels_last", 0)));
    w.emit(most ? "MaxPool" : "AveragePool", {x}, {y}, std::move(a));
}

template <>
struct layer_writing<batch_norm> : writes_reals {
    static constexpr mixed_reading reads_mixed = mixed_reading::passes;
    template <class W, class Node>
    static void write(W& w, const Node& n, const batch_norm& layer);
};
template <class W, class Node>
void layer_writing<batch_norm>::write(W& w, const Node& n, const batch_norm& layer) {
    const std::size_t rank = w.dims(n.inputs[0]).rank();
    if (rank < 2)
        return w.refuse(errc::unsupported, "batch normalisation needs a batch in an ONNX file");
    form x = w.primary(n.inputs[0]);
    if (!x.mixed && x.order != channels_first(rank))
        x = {w.take(n.inputs[0], channels_first(rank)), channels_first(rank)};
    std::vector<std::string> inputs{x.name};
    for (std::size_t i = 1; i < 5; ++i) {
        if (x.mixed && !w.is_constant(n.inputs[i]))
            return w.refuse(errc::unsupported, "the statistics of a flattened image must be constant");
        inputs.push_back(w.is_constant(n.inputs[i])
                             ? w.constant(n.inputs[i], {w.identity(n.inputs[i]), x.mixed})
                             : w.take(n.inputs[i]));
    }
    w.emit("BatchNormalization", std::move(inputs), {w.give(n.outputs[0], x.order, x.mixed)},
           attribute_list{}.real("epsilon", layer.epsilon));
}

namespace detail {

/// x [rows, in] times the layer's weights.
template <class W, class Node>
void write_gemm(W& w, const Node& n, const std::string& x, const std::string& weights, const std::string& y) {
    std::vector<std::string> inputs{x, weights};
    const std::string bias = input_of(n, 2) != no_value ? w.bias(n) : std::string{};
    attribute_list transposed;
    transposed.whole("transB", 1);
    if (!w.on_codes) {
        if (!bias.empty())
            inputs.push_back(bias);
        return w.emit({w.node_name(), "Gemm", std::move(inputs), {y}, std::move(transposed)});
    }
    inputs = with_codes(w, n, inputs);
    inputs.insert(inputs.begin() + 6, bias);
    emit_runtime(w, "QGemm", std::move(inputs), y, std::move(transposed));
}

/// In codes a product is a Gemm, whatever the rank: rows are flattened, and what comes out gets its axes
/// back.
template <class W, class Node>
void write_wide_gemm(W& w, const Node& n, const form& x) {
    const value_id y = n.outputs[0];
    const std::string rows = w.recoded(n.inputs[0], w.reshaped(x.name, {-1, w.dims(n.inputs[0]).back()}));
    const std::string product = w.fresh("product");
    write_gemm(w, n, rows, w.take(n.inputs[1]), product);
    wholes sizes = w.sizes(stored_dims(w.dims(y), x.order), false);
    if (w.free_batch)
        sizes[0] = -1;
    const std::string shape_name = w.list("shape", sizes);
    const std::string flat = w.recoded(y, product);
    w.emit({product + "/unflatten", "Reshape", {flat, shape_name}, {w.give(y, x.order)}});
}

} // namespace detail

template <>
struct layer_writing<dense> : writes_codes {
    static constexpr mixed_reading reads_mixed = mixed_reading::weights;
    template <class W, class Node>
    static void write(W& w, const Node& n, const dense& layer);
};
template <class W, class Node>
void layer_writing<dense>::write(W& w, const Node& n, const dense&) {
    const std::size_t rank = w.dims(n.inputs[0]).rank();
    form x = w.primary(n.inputs[0]);
    const bool mixes = x.mixed && w.is_constant(n.inputs[1]);
    if (mixes ? false : x.mixed || x.order.back() != static_cast<std::int8_t>(rank - 1))
        x = {w.take(n.inputs[0]), w.identity(n.inputs[0])};
    if (rank != 2 && w.in_codes)
        return detail::write_wide_gemm(w, n, x);
    if (rank == 2) {
        const std::string weights =
            mixes ? w.constant(n.inputs[1], {w.identity(n.inputs[1]), x.mixed}) : w.take(n.inputs[1]);
        return detail::write_gemm(w, n, x.name, weights, w.give(n.outputs[0], x.order));
    }
    const std::string weights = w.take(n.inputs[1], {1, 0});
    if (input_of(n, 2) == no_value)
        return w.emit("MatMul", {x.name, weights}, {w.give(n.outputs[0], x.order)});
    const std::string product = w.fresh("product");
    w.emit("MatMul", {x.name, weights}, {product});
    const std::string bias = w.take(n.inputs[2]);
    w.emit({product + "/bias", "Add", {product, bias}, {w.give(n.outputs[0], x.order)}});
}

template <>
struct layer_writing<matmul> : writes_reals {
    template <class W, class Node>
    static void write(W& w, const Node& n, const matmul& layer);
};
template <class W, class Node>
void layer_writing<matmul>::write(W& w, const Node& n, const matmul&) {
    const std::string a = w.take(n.inputs[0]);
    const std::string b = w.take(n.inputs[1]);
    w.emit("MatMul", {a, b}, {w.give(n.outputs[0], w.identity(n.outputs[0]))});
}

namespace detail {

[[nodiscard]] inline const char* name_of(resize_coordinates c) noexcept {
    constexpr const char* names[] = {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
                                     "align_corners", "asymmetric"};
    return names[static_cast<std::size_t>(c)];
}
[[nodiscard]] inline const char* name_of(resize_mode m) noexcept {
    constexpr const char* names[] = {"nearest", "linear", "cubic"};
    return names[static_cast<std::size_t>(m)];
}
[[nodiscard]] inline const char* name_of(resize_rounding r) noexcept {
    constexpr const char* names[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};
    return names[static_cast<std::size_t>(r)];
}

/// Whether a file's float scale says the same as the layer.
[[nodiscard]] inline bool scales_suffice(const resize2d& layer, const shape& x) {
    for (std::size_t i = 0; i < 2; ++i) {
        const double scale = static_cast<double>(static_cast<float>(layer.scales[i]));
        if (scale != layer.scales[i] ||
            std::floor(static_cast<double>(x[1 + i]) * scale) != static_cast<double>(layer.sizes[i]))
            return false;
    }
    return true;
}
[[nodiscard]] inline bool sizes_suffice(const resize2d& layer, const shape& x) {
    for (std::size_t i = 0; i < 2; ++i)
        if (layer.scales[i] != static_cast<double>(layer.sizes[i]) / static_cast<double>(x[1 + i]))
            return false;
    return true;
}

/// The sizes [n, c, h, w] to resize to, n and c as `x` has them where the batch is free.
template <class W>
[[nodiscard]] std::string resize_sizes(W& w, const std::string& x, const shape& y) {
    if (!w.free_batch)
        return w.list("sizes", {y[0], y[3], y[1], y[2]});
    const std::string all = w.step("shape", "Shape", {x});
    const std::string front = w.step("front", "Slice", {all, w.list("begin", {0}), w.list("end", {2})});
    return w.step("sizes", "Concat", {front, w.list("image", {y[1], y[2]})},
                  attribute_list{}.whole("axis", 0));
}

} // namespace detail

template <>
struct layer_writing<resize2d> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const resize2d& layer);
};
template <class W, class Node>
void layer_writing<resize2d>::write(W& w, const Node& n, const resize2d& layer) {
    const layout first = channels_first(4);
    const shape& from = w.dims(n.inputs[0]);
    const std::string x = w.take(n.inputs[0], first);
    std::vector<std::string> inputs{x, ""};
    if (detail::scales_suffice(layer, from)) {
        const tensor<float> scales(
            shape{4}, {1.F, 1.F, static_cast<float>(layer.scales[0]), static_cast<float>(layer.scales[1])});
        inputs.push_back(w.initializer(w.node_name() + "/scales", scales, onnx::element::f32));
    } else if (detail::sizes_suffice(layer, from)) {
        inputs.emplace_back();
        inputs.push_back(detail::resize_sizes(w, x, w.dims(n.outputs[0])));
    } else {
        return w.refuse(errc::unsupported, "the scales and sizes of a resize fit no ONNX Resize");
    }
    if (layer.coordinates == resize_coordinates::half_pixel_symmetric && w.opset < 19)
        return w.refuse(errc::unsupported, "half_pixel_symmetric coordinates need opset 19");
    attribute_list a;
    a.text("coordinate_transformation_mode", detail::name_of(layer.coordinates))
        .real("cubic_coeff_a", layer.cubic_a)
        .whole("exclude_outside", layer.exclude_outside ? 1 : 0)
        .text("mode", detail::name_of(layer.mode))
        .text("nearest_mode", detail::name_of(layer.rounding));
    w.emit("Resize", std::move(inputs), {w.give(n.outputs[0], first)}, std::move(a));
}

} // namespace pith::io::onnx_write

#endif
