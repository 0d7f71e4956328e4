// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_CONV_HPP
#define PITH_IO_ONNX_OPS_CONV_HPP
/// Convolution and transposed convolution over one, two or three spatial axes: all of them become one
/// two-dimensional convolution between layers that only move elements.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "windows.hpp"

namespace pith::io::onnx {

namespace detail {

/// What lies under each window along the depth of x [n, d, h, w, c], as an image [n * outputs, h, w,
/// groups * kernel * (c / groups)]: convolving it in two dimensions sums over the depth too.
template <class G>
[[nodiscard]] value_id depth_windows(call<G>& c, value_id x, const window_axis& depth, std::int64_t groups) {
    const shape s = c.make.net[x].dims;
    const std::int64_t outputs = outputs_of(c, depth);
    c.expect(s[0] <= max_elements / std::max<std::int64_t>(outputs, 1), errc::bad_shape,
             "a value has more than 2^31 elements");
    const shape image{s[0] * outputs, s[2], s[3], s[4] * depth.kernel};
    if (depth.kernel == 1)
        return c.make.reshaped(
            cut(c, padded(c, x, 1, depth.before, depth.after), 1, 0, outputs, depth.stride), image);
    const value_id which = index_table(c, outputs, depth.kernel, [&](std::int64_t o, std::int64_t k) {
        return o * depth.stride + k * depth.dilation;
    });
    const value_id taken = c.make.emit(gather{1}, {padded(c, x, 1, depth.before, depth.after), which});
    const shape split{s[0], outputs, depth.kernel, s[2] * s[3], groups, s[4] / groups};
    return c.make.reshaped(shuffled(c, taken, split, {0, 1, 3, 4, 2, 5}), image);
}

/// x [n, h, w, in] or [n, d, h, w, in] with weights [out, kh, kw, in / groups] or [out, kd, kh, kw,
/// in / groups].
template <class G>
[[nodiscard]] value_id convolve(call<G>& c, value_id x, value_id weights, value_id bias,
                                const window_axes& windows, std::int64_t groups) {
    conv2d layer;
    set_windows(c, layer, windows[1], windows[2]);
    layer.groups = c.small(groups);
    const shape s = c.make.net[x].dims;
    const shape k = c.make.net[weights].dims;
    if (s.rank() == 5) {
        c.expect(groups > 0 && s[4] % groups == 0 && s[4] / groups == k[4], errc::bad_shape,
                 "the channels of image, weights and groups do not fit each other");
        x = depth_windows(c, x, windows[0], groups);
        weights = c.make.reshaped(shuffled(c, weights, k, {0, 2, 3, 1, 4}), {k[0], k[2], k[3], k[1] * k[4]});
    }
    std::vector<value_id> inputs{x, weights};
    if (bias != no_value)
        inputs.push_back(bias);
    const value_id y = c.make.emit(layer, std::move(inputs));
    const shape made = c.make.net[y].dims;
    return s.rank() == 5 ? c.make.reshaped(y, {s[0], outputs_of(c, windows[0]), made[1], made[2], made[3]})
                         : y;
}

} // namespace detail

template <class G>
void import_conv(call<G>& c) {
    const operand x = detail::image_input(c);
    const operand weights = c.in(1);
    const std::size_t rank = x.dims.rank();
    c.expect(weights.dims.rank() == rank, errc::bad_shape,
             "image and weights have different numbers of axes");
    shape kernel;
    for (std::size_t i = 2; i < rank; ++i)
        kernel.push_back(weights.dims[i]);
    auto windows = detail::read_windows(c, x.dims, kernel);
    detail::apply_auto_pad(c, windows);
    const value_id w = c.make.place(weights, channels_last(rank));
    const value_id bias = c.has(2) ? c.make.place(c.raw(2)) : no_value;
    c.out(0, c.stored(detail::convolve(c, x.id, w, bias, windows, c.whole("group", 1)), x.order));
}

namespace detail {

/// One axis of a transposed convolution. Output t of the stride s is output t % s of a family of s
/// convolutions with stride 1, at place t / s: each sees every s-th tap of the kernel, last one first.
struct transposed_axis {
    window_axis window;      ///< of the convolutions
    std::int64_t stride = 1; ///< of the transposed convolution, the number of convolutions
    std::int64_t taps = 1;   ///< of the transposed convolution
    std::int64_t spread = 1; ///< its dilation
    std::int64_t crop = 0;   ///< outputs to leave out in front
    std::int64_t size = 1;   ///< outputs to keep
};

/// @param w of the transposed convolution; `before` its padding in front
/// @param size of the output
[[nodiscard]] constexpr transposed_axis transposed(const window_axis& w, std::int64_t size) noexcept {
    const std::int64_t reach = (w.kernel - 1) * w.dilation / w.stride; // of a convolution, less one
    const std::int64_t first = std::min(w.before / w.stride, reach);
    const std::int64_t last = std::max((w.before + size - 1) / w.stride, w.input - 1);
    const window_axis window{w.input, reach + 1, 1, reach - first, last + 1 - w.input, 1};
    return {window, w.stride, w.kernel, w.dilation, w.before - first * w.stride, size};
}

/// Padding in front and size of one axis of the output, from ConvTranspose's attributes.
template <class G>
[[nodiscard]] transposed_axis read_transposed(const call<G>& c, window_axis w, std::int64_t extra,
                                              const std::int64_t* wanted) {
    const auto mode = c.text("auto_pad", "NOTSET");
    const bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
    c.expect(same || mode == "NOTSET" || mode == "VALID", errc::bad_option, "auto_pad has an unknown value");
    c.expect(wanted == nullptr || (*wanted > 0 && *wanted < (1 << 24)), errc::bad_shape,
             "the output would be empty or too large");
    const std::int64_t full = w.stride * (w.input - 1) + extra + (w.kernel - 1) * w.dilation + 1;
    std::int64_t size = full - (mode == "VALID" ? 0 : w.before + w.after);
    if (mode == "VALID")
        w.before = 0;
    if (same || wanted != nullptr) {
        size = wanted != nullptr ? *wanted : w.input * w.stride;
        const std::int64_t total = std::max<std::int64_t>(full - size, 0);
        w.before = mode == "SAME_UPPER" ? total / 2 : total - total / 2;
    }
    c.expect(w.input > 0 && size > 0 && size < (1 << 24), errc::bad_shape,
             "the output would be empty or too large");
    return transposed(w, size);
}

/// Weights [in, out / groups, kernel...] as those of the convolutions, [groups * strides * out / groups,
/// kernel..., in / groups], the last axis' strides outermost.
template <class G>
[[nodiscard]] value_id transposed_weights(call<G>& c, value_id w, const std::vector<transposed_axis>& axes,
                                          std::int64_t groups) {
    const shape from = c.make.net[w].dims;
    std::int64_t out = from[1];
    std::int64_t done = 1; ///< taps of the axes that are ready
    std::int64_t rest = from.product(2, from.rank());
    shape kernel;
    for (const auto& a : axes) {
        const std::int64_t taps = a.window.kernel;
        rest /= a.taps;
        if (a.spread > 1) // zeros between the taps
            w = padded(c, c.make.reshaped(w, {from[0] * out * done, a.taps, 1, rest}), 2, 0, a.spread - 1);
        w = c.make.reshaped(w, {from[0] * out * done, a.taps * a.spread, rest});
        w = padded(c, w, 1, 0, taps * a.stride - a.taps * a.spread);
        w = c.make.reshaped(w, {from[0] * out * done, taps, a.stride, rest});
        if (taps > 1)
            w = cut(c, w, 1, taps - 1, taps, -1);
        w = shuffled(c, w, {from[0], out, done * taps, a.stride, rest}, {0, 3, 1, 2, 4});
        out *= a.stride;
        done *= taps;
        kernel.push_back(taps);
    }
    w = shuffled(c, w, {groups, from[0] / groups, out, done}, {0, 2, 3, 1});
    shape dims{groups * out};
    for (const auto k : kernel)
        dims.push_back(k);
    dims.push_back(from[0] / groups);
    return c.make.reshaped(w, dims);
}

/// One bias per output channel repeated for the convolutions.
template <class G>
[[nodiscard]] value_id transposed_bias(call<G>& c, value_id bias, std::int64_t phases, std::int64_t groups,
                                       std::int64_t channels) {
    c.expect(c.make.net[bias].dims == shape{channels}, errc::bad_shape,
             "a bias needs one number per output channel");
    if (phases == 1)
        return bias;
    const value_id split = c.make.reshaped(bias, {groups, 1, channels / groups});
    const value_id wide = c.make.emit(expand{{groups, phases, channels / groups}}, {split});
    return c.make.reshaped(wide, {phases * channels});
}

/// The outputs of the convolutions, side by side in the channels of y [n, d, h, w, groups * strides * out],
/// laid out in space and cropped.
template <class G>
[[nodiscard]] value_id interleaved(call<G>& c, value_id y, const std::array<transposed_axis, 3>& axes,
                                   std::int64_t groups) {
    const shape s = c.make.net[y].dims;
    const std::int64_t n = s[0];
    const auto stride = [&](std::size_t i) { return axes[i].stride; };
    const std::int64_t out = s[4] / (groups * stride(0) * stride(1) * stride(2));
    const std::int64_t planes = groups * stride(2) * stride(1);
    const shape deep{n, s[1], s[2] * s[3], planes, stride(0), out};
    if (stride(0) > 1)
        y = shuffled(c, y, deep, {0, 1, 4, 2, 3, 5});
    const std::int64_t depth = s[1] * stride(0);
    const shape flat{n * depth, s[2], s[3], groups, stride(2), stride(1), out};
    if (stride(1) * stride(2) > 1)
        y = shuffled(c, y, flat, {0, 1, 5, 2, 4, 3, 6});
    y = c.make.reshaped(y, {n, depth, s[2] * stride(1), s[3] * stride(2), groups * out});
    for (std::size_t i = 0; i < 3; ++i)
        y = cut(c, y, 1 + i, axes[i].crop, axes[i].size);
    return y;
}

} // namespace detail

template <class G>
void import_conv_transpose(call<G>& c) {
    const operand x = detail::image_input(c);
    const operand weights = c.in(1);
    const std::size_t rank = x.dims.rank();
    const std::int64_t groups = c.whole("group", 1);
    c.expect(weights.dims.rank() == rank && groups > 0 && weights.dims[0] == x.dims[1] &&
                 x.dims[1] % groups == 0 && x.dims[1] > 0,
             errc::bad_shape, "the channels of image, weights and groups do not fit each other");
    shape kernel;
    for (std::size_t i = 2; i < rank; ++i)
        kernel.push_back(weights.dims[i]);
    const window_axes windows = detail::read_windows(c, x.dims, kernel);
    std::array<std::int64_t, 3> extra{};
    std::array<std::int64_t, 3> wanted{1, 1, 1};
    detail::each_spatial(c, "output_padding", rank, [&](std::size_t i, std::int64_t v) { extra[i] = v; });
    auto sizes = c.wholes("output_shape"); // of the image, rarely with batch and channels in front
    const bool given = !sizes.empty();
    if (sizes.size() == rank)
        sizes.erase(sizes.begin(), sizes.begin() + 2);
    c.expect(!given || sizes.size() == rank - 2, errc::bad_shape,
             "an attribute has another length than the image has axes");
    for (std::size_t i = 0; i < sizes.size(); ++i)
        wanted[detail::first_spatial(rank) + i] = sizes[i];
    std::array<detail::transposed_axis, 3> axes;
    window_axes inner;
    std::int64_t phases = 1;
    for (std::size_t i = 0; i < 3; ++i) {
        const bool fixed = given && i >= detail::first_spatial(rank);
        const bool there = i >= detail::first_spatial(rank);
        axes[i] = there ? detail::read_transposed(c, windows[i], extra[i], fixed ? &wanted[i] : nullptr)
                        : detail::transposed(windows[i], 1);
        inner[i] = axes[i].window;
        phases *= axes[i].stride;
        c.expect(phases <= 65536, errc::unsupported, "the strides are too large");
    }
    const std::vector<detail::transposed_axis> spatial(axes.begin() + (rank == 5 ? 0 : 1), axes.end());
    const value_id w = detail::transposed_weights(c, c.make.place(weights), spatial, groups);
    const std::int64_t channels = weights.dims[1] * groups;
    const value_id bias =
        c.has(2) ? detail::transposed_bias(c, c.make.place(c.raw(2)), phases, groups, channels) : no_value;
    value_id y = detail::convolve(c, x.id, w, bias, inner, groups);
    const shape made = c.make.net[y].dims;
    if (rank < 5)
        y = c.make.reshaped(y, {made[0], 1, made[1], made[2], made[3]});
    y = detail::interleaved(c, y, axes, groups);
    const shape image = c.make.net[y].dims;
    if (rank < 5)
        y = c.make.reshaped(y, {image[0], image[2], image[3], image[4]});
    c.out(0, c.stored(y, x.order));
}

template <class G>
inline constexpr operator_entry<G> conv_operators[] = {
    {"Conv", &import_conv<G>},
    {"ConvTranspose", &import_conv_transpose<G>},
};

} // namespace pith::io::onnx

#endif
