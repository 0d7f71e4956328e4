// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_RESIZE2D_HPP
#define PITH_GRAPH_LAYER_RESIZE2D_HPP
/// Images at another size.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../../format/ops.hpp"
#include "../../format/resize.hpp"
#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

using resize_mode = format::resize_mode;
using resize_coordinates = format::resize_coordinates;
using resize_rounding = format::resize_rounding;

/// inputs: x [n, h, w, c]; output [n, sizes[0], sizes[1], c]. `scales` are output / input as the model states
/// them; they need not equal the ratio of the sizes.
struct resize2d {
    resize_mode mode = resize_mode::nearest;
    resize_coordinates coordinates = resize_coordinates::half_pixel;
    resize_rounding rounding = resize_rounding::prefer_floor; ///< nearest only
    std::array<std::int64_t, 2> sizes{0, 0};
    std::array<double, 2> scales{1, 1};
    double cubic_a = -0.75;
    bool exclude_outside = false;
};

template <>
struct layer_traits<resize2d> : no_products {
    static constexpr layer_role role = layer_role::window;
    [[nodiscard]] static std::string_view kind(const resize2d&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const resize2d&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const resize2d&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const resize2d&, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        return same_channel(in, channel);
    }
    [[nodiscard]] static std::int64_t taps(const resize2d&, const shape& out, std::span<const shape>) {
        return detail::bounded_product(out.elements(), 16);
    }
    [[nodiscard]] static bool keeps_elements(const resize2d& layer) {
        return layer.mode == resize_mode::nearest;
    }
    [[nodiscard]] static bool runs_quantized(const resize2d& layer, const node_codes& c) {
        return layer.mode == resize_mode::nearest && c.alike(1);
    }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const resize2d&, const integer_call<T>& c);
};

inline std::string_view layer_traits<resize2d>::kind(const resize2d&) noexcept {
    return "resize2d";
}

inline result<value_infos> layer_traits<resize2d>::infer(const resize2d& layer,
                                                         std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    if (layer.mode != resize_mode::nearest)
        PITH_TRY(detail::expect_real(in));
    shape dims = in[0].dims;
    if (dims.rank() != 4)
        return fault{errc::bad_shape, "resizing needs an image [n, h, w, c]"};
    for (std::size_t i = 0; i < 2; ++i) {
        constexpr std::int64_t most = 1 << 24;
        if (dims[1 + i] < 1 || dims[1 + i] > most || layer.sizes[i] < 1 || layer.sizes[i] > most ||
            !(layer.scales[i] > 0))
            return fault{errc::bad_shape, "an image is resized to or from nothing"};
        dims[1 + i] = layer.sizes[i];
    }
    return detail::one(dims, in[0].type);
}

namespace detail {

/// Which inputs, and how much of each, make the outputs of one axis; [outputs][taps].
struct resize_taps_table {
    std::vector<std::int32_t> indices;
    std::vector<float> weights;
};

} // namespace detail

/// Axis 0 (height) or 1 (width) of a resize of x.
[[nodiscard]] inline format::resize_axis_rule resize_rule(const resize2d& layer, const shape& x,
                                                          std::size_t axis) {
    return {.mode = layer.mode,
            .coordinates = layer.coordinates,
            .rounding = layer.rounding,
            .input = static_cast<std::int32_t>(x[1 + axis]),
            .output = static_cast<std::int32_t>(layer.sizes[axis]),
            .scale = layer.scales[axis],
            .cubic_a = layer.cubic_a,
            .exclude_outside = layer.exclude_outside};
}

namespace detail {

[[nodiscard]] inline resize_taps_table make_taps(const resize2d& layer, const shape& x, std::size_t axis) {
    const auto count = static_cast<std::size_t>(layer.sizes[axis]) * format::resize_taps(layer.mode);
    resize_taps_table t{std::vector<std::int32_t>(count), std::vector<float>(count)};
    format::resize_axis(resize_rule(layer, x, axis), t.indices.data(), t.weights.data());
    return t;
}

} // namespace detail

/// Pixels copied from their nearest neighbours, for elements of any type. @pre layer.mode is nearest
template <class E>
[[nodiscard]] tensor<E> resize_nearest(const resize2d& layer, const tensor<E>& x) {
    const auto rows = detail::make_taps(layer, x.dims(), 0);
    const auto columns = detail::make_taps(layer, x.dims(), 1);
    tensor<E> y({x.dims()[0], layer.sizes[0], layer.sizes[1], x.dims()[3]});
    E* to = y.data().data();
    for (std::int64_t n = 0; n < x.dims()[0]; ++n)
        for (const auto r : rows.indices)
            for (const auto c : columns.indices) {
                const std::int64_t from = ((n * x.dims()[1] + r) * x.dims()[2] + c) * x.dims()[3];
                to = std::copy_n(x.data().data() + from, x.dims()[3], to);
            }
    return y;
}

namespace detail {

/// [outer, size, inner] to [outer, outputs, inner], each output a weighted sum.
template <class T>
[[nodiscard]] std::vector<T> resize_along(const T* x, std::int64_t outer, std::int64_t size,
                                          std::int64_t inner, const resize_taps_table& t, std::size_t taps) {
    const std::size_t outputs = t.indices.size() / taps;
    std::vector<T> y(static_cast<std::size_t>(outer * inner) * outputs);
    T* to = y.data();
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::size_t i = 0; i < outputs; ++i, to += inner)
            for (std::size_t k = i * taps; k < (i + 1) * taps; ++k) {
                const T* from = x + (o * size + t.indices[k]) * inner;
                const T weight = static_cast<T>(t.weights[k]);
                for (std::int64_t c = 0; c < inner; ++c)
                    to[c] += weight * from[c];
            }
    return y;
}

} // namespace detail

template <class T>
result<any_tensors<T>> layer_traits<resize2d>::forward(const resize2d& layer, tensor_inputs<T> in) {
    if (layer.mode == resize_mode::nearest)
        return detail::map_tensor<T>(in, 0, [&](const auto& x) { return resize_nearest(layer, x); });
    const auto& x = detail::reals<T>(in, 0);
    const shape& s = x.dims();
    const std::size_t taps = format::resize_taps(layer.mode);
    const auto wide =
        detail::resize_along(x.data().data(), s[0] * s[1], s[2], s[3], detail::make_taps(layer, s, 1), taps);
    auto both = detail::resize_along(wide.data(), s[0], s[1], layer.sizes[1] * s[3],
                                     detail::make_taps(layer, s, 0), taps);
    return detail::one_tensor<T>(tensor<T>({s[0], layer.sizes[0], layer.sizes[1], s[3]}, std::move(both)));
}

template <class T>
result<simulated_values<T>> layer_traits<resize2d>::forward_codes(const resize2d& layer,
                                                                  const integer_call<T>& c) {
    return detail::one_simulated<T>(resize_nearest(layer, *c.in[0]));
}

} // namespace pith

#endif
