// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_RESIZE_HPP
#define PITH_IO_ONNX_OPS_RESIZE_HPP
/// Resize and its predecessor Upsample: two axes of an image as one layer, any others axis by axis.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string_view>
#include <vector>

#include "resample.hpp"

namespace pith::io::onnx {

namespace detail {

/// Attributes of the node, one entry per axis of the model.
struct resize_request {
    std::vector<double> scales;
    std::vector<std::int64_t> sizes;
};

template <class G>
[[nodiscard]] std::vector<std::size_t> resize_axes(const call<G>& c, std::size_t rank) {
    std::vector<std::size_t> axes(rank);
    std::iota(axes.begin(), axes.end(), std::size_t{0});
    if (c.has_attribute("axes")) {
        axes.clear();
        for (const auto a : c.wholes("axes"))
            axes.push_back(c.axis(a, rank));
    }
    return axes;
}

template <class G>
void take_scales(const call<G>& c, const std::vector<float>& scales, const std::vector<std::size_t>& axes,
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

template <class G>
void take_sizes(const call<G>& c, const std::vector<std::int64_t>& sizes,
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

template <class G>
[[nodiscard]] resize_request read_request(call<G>& c, const operand& x, bool upsample) {
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

template <class G>
[[nodiscard]] resize_mode read_mode(const call<G>& c) {
    const auto mode = c.text("mode", "nearest");
    if (mode == "nearest")
        return resize_mode::nearest;
    if (mode == "linear" || mode == "bilinear")
        return resize_mode::linear;
    c.expect(mode == "cubic", errc::unsupported, "the resize mode is unknown");
    return resize_mode::cubic;
}

template <class G>
[[nodiscard]] resize_coordinates read_coordinates(const call<G>& c) {
    const auto mode = c.text("coordinate_transformation_mode", "half_pixel");
    if (mode == "half_pixel")
        return resize_coordinates::half_pixel;
    if (mode == "half_pixel_symmetric")
        return resize_coordinates::half_pixel_symmetric;
    if (mode == "pytorch_half_pixel")
        return resize_coordinates::pytorch_half_pixel;
    if (mode == "align_corners")
        return resize_coordinates::align_corners;
    c.expect(mode == "asymmetric", errc::unsupported, "coordinate_transformation_mode has an unknown value");
    return resize_coordinates::asymmetric;
}

template <class G>
[[nodiscard]] resize_rounding read_rounding(const call<G>& c) {
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

/// The layout in which the axes that change are the image's height and width, if there is one.
[[nodiscard]] inline std::optional<layout> resize_layout(const resize_request& r, const shape& dims) {
    const auto changes = [&](std::size_t a) { return r.scales[a] != 1.0 || r.sizes[a] != dims[a]; };
    const std::size_t rank = dims.rank();
    if (rank < 3 || rank > 4 || changes(0))
        return std::nullopt;
    if (!changes(1))
        return channels_last(rank);
    if (rank == 4)
        return changes(3) ? std::nullopt : std::optional<layout>(identity_layout(4));
    return layout{0, 1, 2, unit};
}

/// Attributes of a node that hold for every axis.
struct resize_manner {
    resize2d layer; ///< without sizes
    bool antialias = false;
    bool crops = false;
    double shift = 0; ///< of the positions: a mode of opsets 11 and 12 counts from the middle of an element
    double fill = 0;
};

template <class G>
[[nodiscard]] resize_manner read_manner(const call<G>& c, bool old) {
    resize_manner m;
    m.layer.mode = read_mode(c);
    const auto mode = old ? std::string_view{} : c.text("coordinate_transformation_mode", "");
    m.crops = mode == "tf_crop_and_resize";
    m.shift = mode == "tf_half_pixel_for_nn" && c.opset < 13 ? 0.5 : 0;
    m.layer.coordinates = old || m.crops ? resize_coordinates::asymmetric
                          : m.shift != 0 ? resize_coordinates::half_pixel
                                         : read_coordinates(c);
    m.layer.rounding = old ? resize_rounding::floor : read_rounding(c); // before opset 11 the only way
    m.layer.cubic_a = static_cast<double>(c.real("cubic_coeff_a", -0.75F));
    m.layer.exclude_outside = c.whole("exclude_outside", 0) != 0;
    m.antialias = c.whole("antialias", 0) != 0 && m.layer.mode != resize_mode::nearest;
    m.fill = static_cast<double>(c.real("extrapolation_value", 0.F));
    return m;
}

/// Axis by axis: any of them, antialiased, cropped.
template <class G>
[[nodiscard]] operand resize_axes_of(call<G>& c, operand x, const resize_request& r, const resize_manner& m) {
    const std::size_t rank = x.dims.rank();
    std::vector<float> corners;
    const auto axes = resize_axes(c, rank);
    if (m.crops) {
        corners = c.constant_reals(1);
        c.expect(corners.size() == 2 * axes.size(), errc::bad_shape, "roi needs two numbers per axis");
    }
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const std::size_t axis = axes[i];
        resample_rule rule;
        if (m.crops)
            rule.crop = {static_cast<double>(corners[i]), static_cast<double>(corners[axes.size() + i]),
                         m.fill};
        const bool whole = !m.crops || (rule.crop->start == 0 && rule.crop->end == 1);
        if (whole && r.scales[axis] == 1.0 && r.sizes[axis] == x.dims[axis])
            continue;
        c.expect(x.dims[axis] > 0 && x.dims[axis] < (1 << 24) && r.sizes[axis] > 0, errc::bad_shape,
                 "an image is resized to or from nothing");
        rule.antialias = m.antialias;
        rule.shift = m.shift;
        rule.axis = {.mode = m.layer.mode,
                     .coordinates = m.layer.coordinates,
                     .rounding = m.layer.rounding,
                     .input = static_cast<std::int32_t>(x.dims[axis]),
                     .output = static_cast<std::int32_t>(r.sizes[axis]),
                     .scale = r.scales[axis],
                     .cubic_a = m.layer.cubic_a,
                     .exclude_outside = m.layer.exclude_outside};
        x = resampled(c, x, axis, rule);
    }
    return x;
}

} // namespace detail

template <class G, bool Upsample>
void import_resize(call<G>& c) {
    const operand x = c.in(0);
    const auto r = detail::read_request(c, x, Upsample);
    detail::resize_manner m = detail::read_manner(c, Upsample || c.opset < 11);
    const auto order = detail::resize_layout(r, x.dims);
    const bool shrinks = std::any_of(r.scales.begin(), r.scales.end(), [](double s) { return s < 1; });
    if (!order || m.crops || m.shift != 0 || (m.antialias && shrinks))
        return c.out(0, detail::resize_axes_of(c, x, r, m));
    for (std::size_t i = 0; i < 2; ++i) {
        const auto axis = (*order)[1 + i];
        m.layer.sizes[i] = axis == unit ? 1 : r.sizes[static_cast<std::size_t>(axis)];
        m.layer.scales[i] = axis == unit ? 1.0 : r.scales[static_cast<std::size_t>(axis)];
    }
    c.out(0, c.stored(c.make.emit(m.layer, {c.make.place(x, *order)}), *order));
}

template <class G>
inline constexpr operator_entry<G> resize_operators[] = {
    {"Resize", &import_resize<G, false>},
    {"Upsample", &import_resize<G, true>},
};

} // namespace pith::io::onnx

#endif
