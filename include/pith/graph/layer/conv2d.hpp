// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_CONV2D_HPP
#define PITH_GRAPH_LAYER_CONV2D_HPP
/// Two-dimensional convolution (one-dimensional ones are height 1), grouped, dilated, any padding.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../../base/parallel.hpp"
#include "../gemm.hpp"
#include "../layer_traits.hpp"
#include "../value_info.hpp"
#include "../window_axis.hpp"

namespace pith {

/// inputs: x [n, h, w, in], weights [out, kh, kw, in / groups], optional bias [out]; output [n, oh, ow, out].
struct conv2d {
    std::array<std::uint32_t, 2> strides{1, 1};    ///< height, width
    std::array<std::uint32_t, 4> pads{0, 0, 0, 0}; ///< top, left, bottom, right; zeros
    std::array<std::uint32_t, 2> dilations{1, 1};
    std::uint32_t groups = 1;
};

template <>
struct layer_traits<conv2d> : multiplying_layer<conv2d> {
    [[nodiscard]] static std::string_view kind(const conv2d&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const conv2d&, std::span<const value_info> in);
    template <class S>
    [[nodiscard]] static tensor<S> multiply(const conv2d&, const tensor<S>& x, const tensor<S>& w,
                                            const tensor<S>* bias);
    [[nodiscard]] static channel_sources channels(const conv2d&, std::span<const shape> in,
                                                  std::size_t output, std::int64_t channel);
    [[nodiscard]] static bool runs_quantized(const conv2d&, const node_codes& c) {
        return c.in[0] && c.weights && c.bias && c.out[0];
    }
    [[nodiscard]] static sum_cut cut_of_sums(const conv2d& layer, const shape& w);
};

inline std::string_view layer_traits<conv2d>::kind(const conv2d& layer) noexcept {
    return layer.groups > 1 ? "grouped_conv2d" : "conv2d";
}

/// Whether every input channel has one filter of its own. @param w the shape of the weights
[[nodiscard]] inline bool is_depthwise(const conv2d& layer, const shape& w) noexcept {
    return layer.groups > 1 && w.rank() == 4 && w[3] == 1 && w[0] == static_cast<std::int64_t>(layer.groups);
}

inline sum_cut layer_traits<conv2d>::cut_of_sums(const conv2d& layer, const shape& w) {
    if (layer.groups <= 1)
        return sum_cut::depth;
    return is_depthwise(layer, w) ? sum_cut::not_at_all : sum_cut::bias;
}

namespace detail {

/// Height (0) or width (1) of a convolution over x with weights w.
[[nodiscard]] inline window_axis conv_axis(const conv2d& c, const shape& x, const shape& w, std::size_t i) {
    return {x[1 + i], w[1 + i], c.strides[i], c.pads[i], c.pads[2 + i], c.dilations[i]};
}

} // namespace detail

inline result<value_infos> layer_traits<conv2d>::infer(const conv2d& layer, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 2, 3));
    PITH_TRY(detail::expect_real(in));
    const shape& x = in[0].dims;
    const shape& w = in[1].dims;
    if (x.rank() != 4 || w.rank() != 4)
        return fault{errc::bad_shape,
                     "a convolution needs an image [n, h, w, c] and weights [out, kh, kw, in]"};
    const std::int64_t groups = layer.groups;
    if (groups < 1 || w[3] < 1 || x[3] / groups != w[3] || x[3] % groups != 0 || w[0] % groups != 0)
        return fault{errc::bad_shape, "the channels of image, weights and groups do not fit each other"};
    if (detail::has_input(in, 2) && in[2].dims != shape{w[0]})
        return fault{errc::bad_shape, "a bias needs one number per output channel"};
    const auto rows = outputs_of(detail::conv_axis(layer, x, w, 0));
    if (!rows)
        return rows.error();
    const auto columns = outputs_of(detail::conv_axis(layer, x, w, 1));
    if (!columns)
        return columns.error();
    return detail::one({x[0], *rows, *columns, w[0]}, in[0].type);
}

namespace detail {

template <class T>
struct convolution {
    const conv2d& layer;
    const tensor<T>& x;
    const tensor<T>& w;
    tensor<T>& y;

    [[nodiscard]] const T* pixel(std::int64_t image, std::int64_t row, std::int64_t column) const {
        const shape& s = x.dims();
        if (row < 0 || row >= s[1] || column < 0 || column >= s[2])
            return nullptr;
        return x.data().data() + ((image * s[1] + row) * s[2] + column) * s[3];
    }

    /// Calls tap(kernel row * kernel width + kernel column, pixel or null) for the window of an output pixel.
    template <class Tap>
    void for_each_tap(std::int64_t image, std::int64_t row, std::int64_t column, const Tap& tap) const {
        const std::int64_t top = row * layer.strides[0] - layer.pads[0];
        const std::int64_t left = column * layer.strides[1] - layer.pads[1];
        for (std::int64_t i = 0; i < w.dims()[1]; ++i)
            for (std::int64_t j = 0; j < w.dims()[2]; ++j)
                tap(i * w.dims()[2] + j,
                    pixel(image, top + i * layer.dilations[0], left + j * layer.dilations[1]));
    }
};

/// Output rows [first, last) of one image, as a product of their windows, laid out as rows, and the weights.
template <class T>
void convolve_rows(const convolution<T>& c, std::int64_t image, std::int64_t first, std::int64_t last) {
    const std::int64_t columns = c.y.dims()[2];
    const std::int64_t out = c.y.dims()[3];
    const std::int64_t in = c.w.dims()[3];
    const std::int64_t groups = c.layer.groups;
    const std::int64_t depth = c.w.dims().product(1, 4);
    const std::int64_t pixels = (last - first) * columns;
    T* y = c.y.data().data() + (image * c.y.dims()[1] + first) * columns * out;
    // Only windows of a size that no network has are laid out in parts.
    const std::int64_t part = std::clamp<std::int64_t>((1 << 24) / depth, 1, pixels);
    std::vector<T> windows(static_cast<std::size_t>(part * depth));
    const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
    for (std::int64_t g = 0; g < groups; ++g)
        for (std::int64_t at = 0; at < pixels; at += part) {
            const std::int64_t count = std::min(part, pixels - at);
            T* to = windows.data();
            for (std::int64_t p = at; p < at + count; ++p, to += depth)
                c.for_each_tap(image, first + p / columns, p % columns, [&](std::int64_t tap, const T* from) {
                    if (from != nullptr)
                        std::copy_n(from + g * in, in, to + tap * in);
                    else
                        std::fill_n(to + tap * in, in, T{0});
                });
            gemm_nt<T>({size(count), size(out / groups), size(depth), size(depth), size(depth), size(out)},
                       windows.data(), c.w.data().data() + g * (out / groups) * depth,
                       y + at * out + g * (out / groups));
        }
}

/// The same where every group has one input channel and one output channel.
template <class T>
void convolve_depthwise_rows(const convolution<T>& c, const std::vector<T>& taps_first, std::int64_t image,
                             std::int64_t first, std::int64_t last) {
    const std::int64_t columns = c.y.dims()[2];
    const std::int64_t channels = c.y.dims()[3];
    T* y = c.y.data().data() + (image * c.y.dims()[1] + first) * columns * channels;
    for (std::int64_t row = first; row < last; ++row)
        for (std::int64_t column = 0; column < columns; ++column, y += channels)
            c.for_each_tap(image, row, column, [&](std::int64_t tap, const T* from) {
                const T* weights = taps_first.data() + tap * channels;
                for (std::int64_t k = 0; from != nullptr && k < channels; ++k)
                    y[k] += from[k] * weights[k];
            });
}

template <class T>
void add_bias(tensor<T>& y, const tensor<T>* bias) {
    if (bias == nullptr)
        return;
    const std::size_t channels = bias->size();
    for (std::size_t i = 0; i < y.size(); i += channels)
        for (std::size_t c = 0; c < channels; ++c)
            y[i + c] += (*bias)[c];
}

} // namespace detail

/// @pre infer accepted the shapes
/// @param bias null for none
template <class T>
[[nodiscard]] tensor<T> convolve(const conv2d& layer, const tensor<T>& x, const tensor<T>& w,
                                 const tensor<T>* bias) {
    const std::int64_t rows = *outputs_of(detail::conv_axis(layer, x.dims(), w.dims(), 0));
    const std::int64_t columns = *outputs_of(detail::conv_axis(layer, x.dims(), w.dims(), 1));
    const std::int64_t out = w.dims()[0];
    tensor<T> y({x.dims()[0], rows, columns, out});
    if (y.empty())
        return y;
    const bool depthwise = is_depthwise(layer, w.dims());
    const std::int64_t depth = w.dims().product(1, 4);
    std::vector<T> taps_first;
    for (std::int64_t tap = 0; depthwise && tap < depth; ++tap)
        for (std::int64_t c = 0; c < out; ++c)
            taps_first.push_back(w[static_cast<std::size_t>(c * depth + tap)]);
    // Windows of a quarter of a million elements stay in the second cache.
    const std::int64_t step = std::clamp<std::int64_t>((1 << 18) / (columns * depth + 1), 1, rows);
    const std::int64_t chunks = (rows + step - 1) / step;
    const detail::convolution<T> over{layer, x, w, y};
    parallel_for(static_cast<std::size_t>(x.dims()[0] * chunks), [&](std::size_t i) {
        const auto image = static_cast<std::int64_t>(i) / chunks;
        const std::int64_t first = static_cast<std::int64_t>(i) % chunks * step;
        const std::int64_t last = std::min(first + step, rows);
        if (depthwise)
            detail::convolve_depthwise_rows(over, taps_first, image, first, last);
        else
            detail::convolve_rows(over, image, first, last);
    });
    detail::add_bias(y, bias);
    return y;
}

inline channel_sources layer_traits<conv2d>::channels(const conv2d& layer, std::span<const shape> in,
                                                      std::size_t, std::int64_t channel) {
    const std::int64_t inputs = in[1].back();
    return {{0, channel / (in[1][0] / layer.groups) * inputs, inputs}};
}

template <class S>
tensor<S> layer_traits<conv2d>::multiply(const conv2d& layer, const tensor<S>& x, const tensor<S>& w,
                                         const tensor<S>* bias) {
    return convolve(layer, x, w, bias);
}

} // namespace pith

#endif
