// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_SOFTMAX_HPP
#define PITH_GRAPH_LAYER_SOFTMAX_HPP
/// Softmax and its logarithm along one axis.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "../../format/softmax.hpp"
#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output as x.
struct softmax {
    std::uint8_t axis = 0;
    bool log = false;
};

template <>
struct layer_traits<softmax> : no_products {
    static constexpr layer_role role = layer_role::combines;
    [[nodiscard]] static std::string_view kind(const softmax&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const softmax&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const softmax&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const softmax& layer, std::span<const shape> in,
                                                  std::size_t, std::int64_t channel) {
        return layer.axis + std::size_t{1} == in[0].rank() ? all_channels(in) : same_channel(in, channel);
    }
    [[nodiscard]] static bool keeps_elements(const softmax&) { return false; }
    [[nodiscard]] static bool runs_quantized(const softmax& layer, const node_codes& c) {
        return !layer.log && c.all();
    }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const softmax&, const integer_call<T>& c);
};

inline std::string_view layer_traits<softmax>::kind(const softmax& layer) noexcept {
    return layer.log ? "log_softmax" : "softmax";
}

inline result<value_infos> layer_traits<softmax>::infer(const softmax& layer,
                                                        std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    PITH_TRY(detail::expect_real(in));
    if (layer.axis >= in[0].dims.rank())
        return fault{errc::bad_shape, "the axis of a softmax is beyond its input's rank"};
    return detail::one(in[0].dims, in[0].type);
}

template <class T>
result<any_tensors<T>> layer_traits<softmax>::forward(const softmax& layer, tensor_inputs<T> in) {
    tensor<T> y = detail::reals<T>(in, 0);
    const auto size = static_cast<std::size_t>(y.dims()[layer.axis]);
    const auto inner =
        static_cast<std::size_t>(y.dims().product(layer.axis + std::size_t{1}, y.dims().rank()));
    const std::size_t outer = y.empty() ? 0 : y.size() / (size * inner);
    for (std::size_t k = 0; k < outer * inner; ++k) {
        T* row = y.data().data() + k / inner * size * inner + k % inner;
        T most = row[0];
        for (std::size_t i = 1; i < size; ++i)
            most = std::max(most, row[i * inner]);
        T sum = 0;
        for (std::size_t i = 0; i < size; ++i)
            sum += std::exp(row[i * inner] - most);
        for (std::size_t i = 0; i < size; ++i) {
            T& v = row[i * inner];
            v = layer.log ? v - most - std::log(sum) : std::exp(v - most) / sum;
        }
    }
    return detail::one_tensor<T>(std::move(y));
}

template <class T>
result<simulated_values<T>> layer_traits<softmax>::forward_codes(const softmax& layer,
                                                                 const integer_call<T>& c) {
    tensor<std::uint8_t> y = *c.in[0];
    const auto size = static_cast<std::size_t>(y.dims()[layer.axis]);
    const auto inner =
        static_cast<std::size_t>(y.dims().product(layer.axis + std::size_t{1}, y.dims().rank()));
    float table[256];
    format::make_softmax_table(table, c.from[0].scale, size);
    const float levels = format::softmax_levels(c.to->scale);
    for (std::size_t k = 0; size != 0 && k < y.size() / size; ++k) {
        std::uint8_t* row = y.data().data() + k / inner * size * inner + k % inner;
        std::size_t shift = 255;
        for (std::size_t i = 0; i < size; ++i)
            shift = std::min<std::size_t>(shift, 255u - row[i * inner]);
        float sum = 0.f;
        for (std::size_t i = 0; i < size; ++i)
            sum += table[row[i * inner] + shift];
        for (std::size_t i = 0; i < size; ++i)
            row[i * inner] = static_cast<std::uint8_t>(
                format::softmax_code(table[row[i * inner] + shift], sum, levels, *c.to));
    }
    return detail::one_simulated<T>(std::move(y));
}

} // namespace pith

#endif
