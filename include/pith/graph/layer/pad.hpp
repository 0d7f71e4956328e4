// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_PAD_HPP
#define PITH_GRAPH_LAYER_PAD_HPP
/// Padding on any axis.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../../format/ops.hpp"
#include "../layer_traits.hpp"
#include "../strides.hpp"
#include "../value_info.hpp"

namespace pith {

using pad_mode = format::pad_mode;

/// inputs: x; output each axis before + size + after; negative counts crop. One entry per axis.
struct pad {
    std::vector<std::int64_t> before;
    std::vector<std::int64_t> after;
    pad_mode mode = pad_mode::constant;
    double fill = 0;
};

template <>
struct layer_traits<pad> : no_products {
    static constexpr layer_role role = layer_role::moves;
    [[nodiscard]] static std::string_view kind(const pad&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const pad&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const pad&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const pad&, std::span<const shape> in, std::size_t output,
                                                  std::int64_t channel);
    /// 0 is an element of every code.
    [[nodiscard]] static bool keeps_elements(const pad& layer) {
        return layer.mode != pad_mode::constant || layer.fill == 0;
    }
    [[nodiscard]] static bool is_identity(const pad& layer) {
        return std::all_of(layer.before.begin(), layer.before.end(), [](auto n) { return n == 0; });
    }
    [[nodiscard]] static bool runs_quantized(const pad& layer, const node_codes& c) {
        return keeps_elements(layer) && c.alike(1);
    }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const pad&, const integer_call<T>& c);
};

inline std::string_view layer_traits<pad>::kind(const pad&) noexcept {
    return "pad";
}

inline result<value_infos> layer_traits<pad>::infer(const pad& layer, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    shape dims = in[0].dims;
    if (layer.before.size() != dims.rank() || layer.after.size() != dims.rank())
        return fault{errc::bad_shape, "padding needs two counts for every axis"};
    for (std::size_t i = 0; i < dims.rank(); ++i) {
        const auto in_bounds = [](std::int64_t n) { return n >= -most_elements && n <= most_elements; };
        if (!in_bounds(layer.before[i]) || !in_bounds(layer.after[i]))
            return fault{errc::bad_shape, "a padding count is too large"};
        if (dims[i] == 0 && layer.mode != pad_mode::constant)
            return fault{errc::bad_shape, "an empty axis has nothing to repeat"};
        dims[i] += layer.before[i] + layer.after[i];
    }
    return detail::one(dims, in[0].type);
}

namespace detail {

/// The input position that stands at position `i` (which may be outside [0, size)), or -1 for the fill.
[[nodiscard]] inline std::int64_t padded_position(pad_mode mode, std::int64_t i, std::int64_t size) noexcept {
    if (i >= 0 && i < size)
        return i;
    switch (mode) {
    case pad_mode::constant:
        return -1;
    case pad_mode::edge:
        return i < 0 ? 0 : size - 1;
    case pad_mode::reflect: {
        if (size == 1)
            return 0;
        const std::int64_t period = 2 * (size - 1);
        const std::int64_t phase = (i % period + period) % period;
        return phase < size ? phase : period - phase;
    }
    case pad_mode::wrap:
        return (i % size + size) % size;
    }
    return -1;
}

} // namespace detail

/// @param fill the element around the input in pad_mode::constant
template <class E>
[[nodiscard]] tensor<E> pad_elements(const pad& layer, const tensor<E>& x, E fill) {
    shape dims = x.dims();
    std::array<std::vector<std::int64_t>, max_rank> from;
    const strides step = dense_strides(x.dims());
    for (std::size_t i = 0; i < dims.rank(); ++i) {
        dims[i] += layer.before[i] + layer.after[i];
        for (std::int64_t k = 0; k < dims[i]; ++k) {
            const auto at = detail::padded_position(layer.mode, k - layer.before[i], x.dims()[i]);
            from[i].push_back(at < 0 ? -1 : at * step[i]);
        }
    }
    tensor<E> y(dims, fill);
    if (y.empty() || dims.rank() == 0)
        return dims.rank() == 0 ? x : y;
    const std::size_t last = dims.rank() - 1;
    std::array<std::size_t, max_rank> at{};
    for (std::size_t row = 0; row < y.size(); row += from[last].size()) {
        std::int64_t base = 0;
        for (std::size_t i = 0; i < last && base >= 0; ++i)
            base = from[i][at[i]] < 0 ? -1 : base + from[i][at[i]];
        for (std::size_t k = 0; base >= 0 && k < from[last].size(); ++k)
            if (from[last][k] >= 0)
                y[row + k] = x[static_cast<std::size_t>(base + from[last][k])];
        for (std::size_t i = last; i-- > 0;) {
            if (++at[i] < from[i].size())
                break;
            at[i] = 0;
        }
    }
    return y;
}

template <class T>
result<any_tensors<T>> layer_traits<pad>::forward(const pad& layer, tensor_inputs<T> in) {
    return detail::map_tensor<T>(in, 0, [&](const auto& x) {
        using E = typename std::remove_cvref_t<decltype(x)>::value_type;
        return pad_elements(layer, x, static_cast<E>(layer.fill));
    });
}

inline channel_sources layer_traits<pad>::channels(const pad& layer, std::span<const shape> in, std::size_t,
                                                   std::int64_t channel) {
    if (in[0].rank() == 0)
        return same_channel(in, channel);
    const std::int64_t from =
        detail::padded_position(layer.mode, channel - layer.before.back(), in[0].back());
    return from < 0 ? channel_sources{} : channel_sources{{0, from, 1}};
}

template <class T>
result<simulated_values<T>> layer_traits<pad>::forward_codes(const pad& layer, const integer_call<T>& c) {
    return detail::one_simulated<T>(pad_elements(layer, *c.in[0], static_cast<std::uint8_t>(c.from[0].zero)));
}

} // namespace pith

#endif
