// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_SOFTMAX_HPP
#define PITH_GRAPH_LAYER_SOFTMAX_HPP
/// Softmax and its logarithm along one axis.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../base/on_use.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output as x.
struct softmax {
    std::uint8_t axis = 0;
    bool log = false;
};

[[nodiscard]] constexpr std::string_view kind_of(const softmax& layer) noexcept {
    return layer.log ? "log_softmax" : "softmax";
}

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const softmax& layer, view<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    PITH_TRY(detail::expect_real(in));
    if (layer.axis >= in[0].dims.rank())
        return fault{errc::bad_shape, "the axis of a softmax is beyond its input's rank"};
    return detail::one(in[0].dims, in[0].type);
}

template <class T>
[[nodiscard]] result<any_tensors<T>> forward(const softmax& layer, tensor_inputs<T> in) {
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

} // namespace pith

#endif
