// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_CAST_HPP
#define PITH_GRAPH_LAYER_CAST_HPP
/// Another element type.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "../../format/dtype.hpp"
#include "../../format/small_float.hpp"
#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output as x of type `to`: the nearest real number, ties to even; whole numbers towards zero,
/// then modulo the type's range. `saturate`, `rounding`: of float8 and float8e8m0, as format/small_float.hpp
/// has them.
struct cast {
    format::dtype to = format::dtype::f32;
    bool saturate = true;
    format::scale_rounding rounding = format::scale_rounding::up;
};

template <>
struct layer_traits<cast> : no_products, only_in_reals {
    static constexpr layer_role role = layer_role::pointwise;
    [[nodiscard]] static std::string_view kind(const cast&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const cast&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const cast&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const cast&, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        return same_channel(in, channel);
    }
    [[nodiscard]] static bool is_identity(const cast&) { return true; }
};

inline std::string_view layer_traits<cast>::kind(const cast&) noexcept {
    return "cast";
}

inline result<value_infos> layer_traits<cast>::infer(const cast& layer, std::span<const value_info> in) {
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
            y[i] = truncate_to(x[i], to);
    }
    return y;
}

template <class T>
void round_to(const cast& layer, tensor<T>& x) {
    if (format::bits_of(layer.to) > 16)
        return;
    for (auto& v : x.data())
        v = layer.to == format::dtype::f8e8m0
                ? static_cast<T>(format::decode_float(
                      layer.to, format::encode_scale(static_cast<double>(v), layer.rounding, layer.saturate)))
                : format::round_float(layer.to, v, layer.saturate);
}

} // namespace detail

template <class T>
result<any_tensors<T>> layer_traits<cast>::forward(const cast& layer, tensor_inputs<T> in) {
    if (!is_real(layer.to)) {
        if (in[0].reals != nullptr)
            return detail::one_tensor<T>(detail::to_wholes(detail::reals<T>(in, 0), layer.to));
        return detail::one_tensor<T>(detail::to_wholes(detail::wholes<T>(in, 0), layer.to));
    }
    auto y = detail::to_reals<T>(in, 0);
    detail::round_to(layer, y);
    return detail::one_tensor<T>(std::move(y));
}

} // namespace pith

#endif
