// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_POOL2D_HPP
#define PITH_GRAPH_LAYER_POOL2D_HPP
/// Maximum and average pooling over windows, or over the whole image.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "../layer_traits.hpp"
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

template <>
struct layer_traits<pool2d> : no_products {
    static constexpr layer_role role = layer_role::window;
    [[nodiscard]] static std::string_view kind(const pool2d&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const pool2d&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const pool2d&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const pool2d&, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        return same_channel(in, channel);
    }
    [[nodiscard]] static bool keeps_elements(const pool2d& layer) { return layer.op == pool_op::max; }
    [[nodiscard]] static bool is_identity(const pool2d& layer) {
        using pair = std::array<std::uint32_t, 2>;
        return !layer.global && layer.kernel == pair{1, 1} && layer.strides == pair{1, 1} &&
               std::all_of(layer.pads.begin(), layer.pads.end(), [](auto n) { return n == 0; });
    }
    [[nodiscard]] static bool runs_quantized(const pool2d& layer, const node_codes& c) {
        if (layer.op == pool_op::max)
            return c.alike(1);
        // ONNX Runtime averages int8 codes to int8 ones and uint8 codes to uint8 ones; from one to the other
        // it averages reals, which round differently near ties.
        return c.all() && c.in[0]->moved == c.out[0]->moved;
    }
    [[nodiscard]] static std::int64_t taps(const pool2d&, const shape& out, std::span<const shape> in);
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const pool2d&, const integer_call<T>& c);
};

inline std::string_view layer_traits<pool2d>::kind(const pool2d& layer) noexcept {
    if (layer.op == pool_op::max)
        return layer.global ? "global_max_pool" : "max_pool";
    return layer.global ? "global_average_pool" : "average_pool";
}

namespace detail {

[[nodiscard]] inline window_axis pool_axis(const pool2d& p, const shape& x, std::size_t i) {
    if (p.global)
        return {x[1 + i], x[1 + i], 1, 0, 0, 1};
    return {x[1 + i], p.kernel[i], p.strides[i], p.pads[i], p.pads[2 + i], p.dilations[i]};
}

[[nodiscard]] inline bool partial_windows(const pool2d& p) noexcept {
    return p.ceil_mode && !p.global;
}

} // namespace detail

inline std::int64_t layer_traits<pool2d>::taps(const pool2d& layer, const shape& out,
                                               std::span<const shape> in) {
    std::int64_t taps = out.elements();
    for (std::size_t i = 0; i < 2; ++i)
        taps =
            detail::bounded_product(taps, std::min(detail::pool_axis(layer, in[0], i).kernel, in[0][1 + i]));
    return taps;
}

inline result<value_infos> layer_traits<pool2d>::infer(const pool2d& layer, std::span<const value_info> in) {
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
result<any_tensors<T>> layer_traits<pool2d>::forward(const pool2d& layer, tensor_inputs<T> in) {
    if (layer.op == pool_op::max)
        return detail::map_tensor<T>(in, 0, [&](const auto& x) { return max_pool(layer, x); });
    return detail::one_tensor<T>(detail::average_pool(layer, detail::reals<T>(in, 0)));
}

namespace detail {

[[nodiscard]] inline tensor<std::uint8_t> average_codes(const pool2d& layer, const tensor<std::uint8_t>& x,
                                                        const format::affine& from,
                                                        const format::affine& to) {
    std::array<float, 256> real{};
    for (std::int32_t code = 0; code < 256; ++code)
        real[static_cast<std::size_t>(code)] = format::decode(from, code);
    tensor<std::uint8_t> y(pooled(layer, x.dims()));
    const auto channels = static_cast<std::size_t>(x.dims()[3]);
    std::vector<float> sums(channels);
    for_each_window(layer, x, y.dims(), [&](std::int64_t at, const auto& window) {
        std::fill(sums.begin(), sums.end(), 0.f);
        std::int64_t count = 0;
        const std::int64_t padded = window([&](std::int64_t first) {
            ++count;
            for (std::size_t c = 0; c < channels; ++c)
                sums[c] += real[x[static_cast<std::size_t>(first) + c]];
        });
        const auto divisor = static_cast<std::int32_t>(layer.count_include_pad ? padded : count);
        for (std::size_t c = 0; c < channels; ++c)
            y[static_cast<std::size_t>(at) + c] =
                static_cast<std::uint8_t>(format::average_code(sums[c], divisor, to));
    });
    return y;
}

[[nodiscard]] inline tensor<std::uint8_t>
average_images(const tensor<std::uint8_t>& x, const format::affine& from, const format::affine& to) {
    const auto pixels = static_cast<std::size_t>(x.dims()[1] * x.dims()[2]);
    const auto channels = static_cast<std::size_t>(x.dims()[3]);
    tensor<std::uint8_t> y({x.dims()[0], 1, 1, x.dims()[3]});
    const float factor =
        format::global_average_factor(from.scale, to.scale, static_cast<std::int32_t>(pixels));
    for (std::size_t i = 0; i < y.size(); ++i) {
        std::uint32_t sum = 0; // wraps like every kernel's; what runs in codes does not need it to
        for (std::size_t p = 0; p < pixels; ++p)
            sum += static_cast<std::uint32_t>(x[(i / channels * pixels + p) * channels + i % channels] -
                                              from.zero);
        y[i] = static_cast<std::uint8_t>(
            format::requantize(static_cast<std::int32_t>(sum), factor, to.zero, to.lowest, to.highest));
    }
    return y;
}

} // namespace detail

/// Whether a pool averages whole images without padding: then it adds codes, and adds the zero point after
/// the rounding.
[[nodiscard]] inline bool averages_images(const pool2d& layer, const shape& x) {
    if (layer.op != pool_op::average || x.rank() != 4)
        return false;
    const bool padded = std::any_of(layer.pads.begin(), layer.pads.end(), [](auto p) { return p != 0; });
    return layer.global || (layer.kernel[0] == x[1] && layer.kernel[1] == x[2] && !padded &&
                            layer.dilations == std::array<std::uint32_t, 2>{1, 1});
}

/// The mean of whole images in two steps, rows first: sums of fewer numbers, which floats hold well enough.
[[nodiscard]] inline std::array<pool2d, 2> average_in_steps(const shape& x) {
    const auto rows = static_cast<std::uint32_t>(x[1]);
    const auto columns = static_cast<std::uint32_t>(x[2]);
    return {pool2d{.op = pool_op::average, .kernel = {1, columns}},
            pool2d{.op = pool_op::average, .kernel = {rows, 1}}};
}

template <class T>
result<simulated_values<T>> layer_traits<pool2d>::forward_codes(const pool2d& layer,
                                                                const integer_call<T>& c) {
    const tensor<std::uint8_t>& x = *c.in[0];
    if (layer.op == pool_op::max)
        return detail::one_simulated<T>(max_pool(layer, x));
    if (averages_images(layer, x.dims()))
        return detail::one_simulated<T>(detail::average_images(x, c.from[0], *c.to));
    return detail::one_simulated<T>(detail::average_codes(layer, x, c.from[0], *c.to));
}

} // namespace pith

#endif
