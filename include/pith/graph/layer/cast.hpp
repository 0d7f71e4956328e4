// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_CAST_HPP
#define PITH_GRAPH_LAYER_CAST_HPP
/// Another element type.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../base/on_use.hpp"
#include "../../format/dtype.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output as x of type `to`.
struct cast {
    format::dtype to = format::dtype::f32;
};

[[nodiscard]] constexpr std::string_view kind_of(const cast&) noexcept {
    return "cast";
}

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const cast& layer, view<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    return detail::one(in[0].dims, layer.to);
}

namespace detail {

template <class E>
[[nodiscard]] tensor<std::int64_t> to_wholes(const tensor<E>& x, format::dtype to) {
    tensor<std::int64_t> y(x.dims());
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (to == format::dtype::boolean)
            y[i] = x[i] != E{0} ? 1 : 0;
        else if constexpr (std::is_same_v<E, std::int64_t>)
            y[i] = wrapped(x[i], to);
        else
            y[i] = wrapped(truncate(x[i]), to);
    }
    return y;
}

} // namespace detail

template <class T>
[[nodiscard]] result<any_tensors<T>> forward(const cast& layer, tensor_inputs<T> in) {
    if (!is_real(layer.to)) {
        if (in[0].reals != nullptr)
            return detail::one_tensor<T>(detail::to_wholes(detail::reals<T>(in, 0), layer.to));
        return detail::one_tensor<T>(detail::to_wholes(detail::wholes<T>(in, 0), layer.to));
    }
    return detail::one_tensor<T>(detail::to_reals<T>(in, 0));
}

} // namespace pith

#endif
