// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_RESIZE_HPP
#define PITH_IO_ONNX_OPS_RESIZE_HPP
/// Resize and its predecessor Upsample: two spatial axes of an image.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <vector>

#include "steps.hpp"

namespace pith::io::onnx {

namespace detail {

/// What the node asks for, one entry per axis of the model.
struct resize_request {
    std::vector<double> scales;
    std::vector<std::int64_t> sizes;
};

template <class T>
[[nodiscard]] std::vector<std::size_t> resize_axes(const call<T>& c, std::size_t rank) {
    std::vector<std::size_t> axes(rank);
    std::iota(axes.begin(), axes.end(), std::size_t{0});
    if (c.has_attribute("axes")) {
        axes.clear();
        for (const auto a : c.wholes("axes"))
            axes.push_back(c.axis(a, rank));
    }
    return axes;
}

template <class T>
void take_scales(const call<T>& c, const std::vector<float>& scales, const std::vector<std::size_t>& axes,
                 const shape& dims, resize_request& r) {
    c.expect(scales.size() == axes.size(), errc::bad_shape, "one scale per axis is needed");
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const double size = std::floor(static_cast<double>(dims[axes[i]]) * static_cast<double>(scales[i]));
        c.expect(scales[i] > 0.F && size < static_cast<double>(1 << 24), errc::bad_option,
                 "a scale is out of range");
        r.scales[axes[i]] = static_cast<double>(scales[i]);
        r.sizes[axes[i]] = static_cast<std::int64_t>(size);
    }
}

template <class T>
void take_sizes(const call<T>& c, const std::vector<std::int64_t>& sizes,
                const std::vector<std::size_t>& axes, const shape& dims, resize_request& r) {
    c.expect(sizes.size() == axes.size(), errc::bad_shape, "one size per axis is needed");
    const auto policy = c.text("keep_aspect_ratio_policy", "stretch");
    double common = 0;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        c.expect(sizes[i] > 0 && sizes[i] < (1 << 24) && dims[axes[i]] > 0, errc::bad_option,
                 "a size is out of range");
        const double scale = static_cast<double>(sizes[i]) / static_cast<double>(dims[axes[i]]);
        r.scales[axes[i]] = scale;
        r.sizes[axes[i]] = sizes[i];
        const bool first = i == 0;
        common = policy == "not_smaller" ? std::max(first ? scale : common, scale)
                                         : std::min(first ? scale : common, scale);
    }
    if (policy == "stretch")
        return;
    c.expect(policy == "not_larger" || policy == "not_smaller", errc::unsupported,
             "keep_aspect_ratio_policy has an unknown value");
    for (const std::size_t axis : axes) {
        r.scales[axis] = common;
        r.sizes[axis] = static_cast<std::int64_t>(std::floor(common * static_cast<double>(dims[axis]) + 0.5));
    }
}

template <class T>
[[nodiscard]] resize_request read_request(call<T>& c, const operand& x, bool upsample) {
    const std::size_t rank = x.dims.rank();
    resize_request r{std::vector<double>(rank, 1.0), {x.dims.begin(), x.dims.end()}};
    const auto axes = resize_axes(c, rank);
    if (upsample && c.opset < 9) {
        const auto scales =
            c.has_attribute("scales")
                ? c.reals("scales")
                : std::vector<float>{1.F, 1.F, c.real("height_scale", 1.F), c.real("width_scale", 1.F)};
        take_scales(c, scales, axes, x.dims, r);
        return r;
    }
    const std::size_t at = upsample || c.opset < 11 ? 1 : 2;
    const auto scales = c.has(at) ? c.constant_reals(at) : std::vector<float>{};
    if (!scales.empty()) {
        take_scales(c, scales, axes, x.dims, r);
        return r;
    }
    c.expect(at == 2 && c.has(3), errc::missing, "neither scales nor sizes are given");
    take_sizes(c, c.constant_wholes(3), axes, x.dims, r);
    return r;
}

template <class T>
[[nodiscard]] resize_mode read_mode(const call<T>& c) {
    const auto mode = c.text("mode", "nearest");
    if (mode == "nearest")
        return resize_mode::nearest;
    if (mode == "linear" || mode == "bilinear")
        return resize_mode::linear;
    c.expect(mode == "cubic", errc::unsupported, "the resize mode is unknown");
    return resize_mode::cubic;
}

template <class T>
[[nodiscard]] resize_coordinates read_coordinates(const call<T>& c) {
    const auto mode = c.text("coordinate_transformation_mode", "half_pixel");
    if (mode == "half_pixel")
        return resize_coordinates::half_pixel;
    if (mode == "half_pixel_symmetric")
        return resize_coordinates::half_pixel_symmetric;
    if (mode == "pytorch_half_pixel")
        return resize_coordinates::pytorch_half_pixel;
    if (mode == "align_corners")
        return resize_coordinates::align_corners;
    c.expect(mode == "asymmetric", errc::unsupported,
             "this coordinate_transformation_mode is not supported; use half_pixel, pytorch_half_pixel, "
             "align_corners or asymmetric");
    return resize_coordinates::asymmetric;
}

template <class T>
[[nodiscard]] resize_rounding read_rounding(const call<T>& c) {
    const auto mode = c.text("nearest_mode", "round_prefer_floor");
    if (mode == "round_prefer_floor")
        return resize_rounding::prefer_floor;
    if (mode == "round_prefer_ceil")
        return resize_rounding::prefer_ceil;
    if (mode == "floor")
        return resize_rounding::floor;
    c.expect(mode == "ceil", errc::unsupported, "nearest_mode has an unknown value");
    return resize_rounding::ceil;
}

/// The layout in which the axes that change are the image's height and width.
template <class T>
[[nodiscard]] layout resize_layout(const call<T>& c, const resize_request& r, const operand& x) {
    const auto changes = [&](std::size_t a) { return r.scales[a] != 1.0 || r.sizes[a] != x.dims[a]; };
    const std::size_t rank = x.dims.rank();
    c.expect(rank == 3 || rank == 4, errc::unsupported,
             "only images with one or two spatial axes can be resized");
    if (rank == 4 && !changes(0) && !changes(3) && changes(1))
        return identity_layout(4);
    if (rank == 4 && !changes(0) && !changes(1))
        return channels_last(4);
    c.expect(rank == 3 && !changes(0), errc::unsupported, "batch and channels cannot be resized");
    if (!changes(1))
        return channels_last(3);
    return {0, 1, 2, unit};
}

} // namespace detail

template <class T, bool Upsample>
void import_resize(call<T>& c) {
    const operand x = c.in(0);
    const auto r = detail::read_request(c, x, Upsample);
    const layout order = detail::resize_layout(c, r, x);
    resize2d layer;
    layer.mode = detail::read_mode(c);
    // Before opset 11 there was one way to do it.
    const bool old = Upsample || c.opset < 11;
    layer.coordinates = old ? resize_coordinates::asymmetric : detail::read_coordinates(c);
    layer.rounding = old ? resize_rounding::floor : detail::read_rounding(c);
    layer.cubic_a = static_cast<double>(c.real("cubic_coeff_a", -0.75F));
    layer.exclude_outside = c.whole("exclude_outside", 0) != 0;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto axis = order[1 + i];
        layer.sizes[i] = axis == unit ? 1 : r.sizes[static_cast<std::size_t>(axis)];
        layer.scales[i] = axis == unit ? 1.0 : r.scales[static_cast<std::size_t>(axis)];
        c.expect(c.whole("antialias", 0) == 0 || layer.scales[i] >= 1.0 || layer.mode == resize_mode::nearest,
                 errc::unsupported, "antialias is not supported when an image shrinks");
    }
    c.out(0, c.stored(c.make.emit(layer, {c.make.place(x, order)}), order));
}

template <class T>
inline constexpr operator_entry<T> resize_operators[] = {
    {"Resize", &import_resize<T, false>},
    {"Upsample", &import_resize<T, true>},
};

} // namespace pith::io::onnx

#endif
