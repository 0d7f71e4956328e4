// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_POOL2D_HPP
#define PITH_GRAPH_LAYER_POOL2D_HPP
/// Maximum and average pooling over windows, or over the whole image.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "../../base/on_use.hpp"
#include "../value_info.hpp"
#include "../window_axis.hpp"

namespace pith {

enum class pool_op : std::uint8_t { max, average };

/// inputs: x [n, h, w, c]; output [n, oh, ow, c] (global: [n, 1, 1, c]). Maxima ignore padding.
struct pool2d {
    pool_op op = pool_op::max;
    bool global = false; ///< window is the image; the rest is ignored
    std::array<std::uint32_t, 2> kernel{1, 1};
    std::array<std::uint32_t, 2> strides{1, 1};
    std::array<std::uint32_t, 4> pads{0, 0, 0, 0}; ///< top, left, bottom, right
    std::array<std::uint32_t, 2> dilations{1, 1};
    bool ceil_mode = false;         ///< a last, partial window counts
    bool count_include_pad = false; ///< averages divide by padding too (not by what ceil_mode adds beyond it)
};

[[nodiscard]] constexpr std::string_view kind_of(const pool2d& layer) noexcept {
    if (layer.op == pool_op::max)
        return layer.global ? "global_max_pool" : "max_pool";
    return layer.global ? "global_average_pool" : "average_pool";
}

namespace detail {

template <class = on_use>
[[nodiscard]] inline window_axis pool_axis(const pool2d& p, const shape& x, std::size_t i) {
    if (p.global)
        return {x[1 + i], x[1 + i], 1, 0, 0, 1};
    return {x[1 + i], p.kernel[i], p.strides[i], p.pads[i], p.pads[2 + i], p.dilations[i]};
}

template <class = on_use>
[[nodiscard]] inline bool partial_windows(const pool2d& p) noexcept {
    return p.ceil_mode && !p.global;
}

} // namespace detail

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const pool2d& layer, view<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    if (layer.op == pool_op::average)
        PITH_TRY(detail::expect_real(in));
    if (in[0].dims.rank() != 4)
        return fault{errc::bad_shape, "pooling needs an image [n, h, w, c]"};
    shape dims = in[0].dims;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto n = outputs_of(detail::pool_axis(layer, in[0].dims, i), detail::partial_windows(layer));
        if (!n)
            return n.error();
        dims[1 + i] = *n;
    }
    return detail::one(dims, in[0].type);
}

namespace detail {

/// Calls pixel(output offset, window) for every output pixel of x pooled, where window(tap) calls
/// tap(input offset) for each tap inside the image, in order, and gives how many taps lie in the image or its
/// padding.
template <class E, class Pixel>
void for_each_window(const pool2d& layer, const tensor<E>& x, const shape& out, const Pixel& pixel) {
    const window_axis high = pool_axis(layer, x.dims(), 0);
    const window_axis wide = pool_axis(layer, x.dims(), 1);
    const std::int64_t channels = x.dims()[3];
    for (std::int64_t p = 0; p < out.product(0, 3); ++p) {
        const std::int64_t image = p / (out[1] * out[2]);
        const std::int64_t top = p / out[2] % out[1] * high.stride - high.before;
        const std::int64_t left = p % out[2] * wide.stride - wide.before;
        pixel(p * channels, [&](const auto& tap) {
            // A window may be far larger than the image: only taps inside are visited.
            const std::int64_t last_row = taps_before(high, top, high.input);
            const std::int64_t last_column = taps_before(wide, left, wide.input);
            for (std::int64_t i = taps_before(high, top, 0); i < last_row; ++i)
                for (std::int64_t j = taps_before(wide, left, 0); j < last_column; ++j) {
                    const std::int64_t r = top + i * high.dilation;
                    const std::int64_t c = left + j * wide.dilation;
                    tap(((image * high.input + r) * wide.input + c) * channels);
                }
            return taps_before(high, top, high.input + high.after) *
                   taps_before(wide, left, wide.input + wide.after);
        });
    }
}

template <class = on_use>
[[nodiscard]] inline shape pooled(const pool2d& layer, const shape& x) {
    shape dims = x;
    for (std::size_t i = 0; i < 2; ++i)
        dims[1 + i] = *outputs_of(pool_axis(layer, x, i), partial_windows(layer));
    return dims;
}

template <class T>
[[nodiscard]] tensor<T> average_pool(const pool2d& layer, const tensor<T>& x) {
    tensor<T> y(pooled(layer, x.dims()));
    const auto channels = static_cast<std::size_t>(x.dims()[3]);
    for_each_window(layer, x, y.dims(), [&](std::int64_t to, const auto& window) {
        T* sum = y.data().data() + to;
        std::int64_t count = 0;
        const std::int64_t padded = window([&](std::int64_t from) {
            ++count;
            for (std::size_t c = 0; c < channels; ++c)
                sum[c] += x[static_cast<std::size_t>(from) + c];
        });
        const std::int64_t divisor = layer.count_include_pad && !layer.global ? padded : count;
        for (std::size_t c = 0; c < channels && divisor > 0; ++c)
            sum[c] /= static_cast<T>(divisor);
    });
    return y;
}

} // namespace detail

/// Maxima of elements of any type; a window without elements gives the lowest of them.
template <class E>
[[nodiscard]] tensor<E> max_pool(const pool2d& layer, const tensor<E>& x) {
    tensor<E> y(detail::pooled(layer, x.dims()), std::numeric_limits<E>::lowest());
    const auto channels = static_cast<std::size_t>(x.dims()[3]);
    detail::for_each_window(layer, x, y.dims(), [&](std::int64_t to, const auto& window) {
        E* best = y.data().data() + to;
        static_cast<void>(window([&](std::int64_t from) {
            for (std::size_t c = 0; c < channels; ++c)
                best[c] = std::max(best[c], x[static_cast<std::size_t>(from) + c]);
        }));
    });
    return y;
}

template <class T>
[[nodiscard]] result<any_tensors<T>> forward(const pool2d& layer, tensor_inputs<T> in) {
    if (layer.op == pool_op::max)
        return detail::map_tensor<T>(in, 0, [&](const auto& x) { return max_pool(layer, x); });
    return detail::one_tensor<T>(detail::average_pool(layer, detail::reals<T>(in, 0)));
}

} // namespace pith

#endif
