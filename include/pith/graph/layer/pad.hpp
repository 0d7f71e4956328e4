// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_PAD_HPP
#define PITH_GRAPH_LAYER_PAD_HPP
/// Padding on any axis.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../../base/on_use.hpp"
#include "../../format/ops.hpp"
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

[[nodiscard]] constexpr std::string_view kind_of(const pad&) noexcept {
    return "pad";
}

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const pad& layer, view<const value_info> in) {
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
template <class = on_use>
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
[[nodiscard]] result<any_tensors<T>> forward(const pad& layer, tensor_inputs<T> in) {
    return detail::map_tensor<T>(in, 0, [&](const auto& x) {
        using E = typename std::remove_cvref_t<decltype(x)>::value_type;
        return pad_elements(layer, x, static_cast<E>(layer.fill));
    });
}

} // namespace pith

#endif
