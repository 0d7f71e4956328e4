// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_CONCAT_HPP
#define PITH_GRAPH_LAYER_CONCAT_HPP
/// Values joined along one axis.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "../../base/on_use.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: one or more; output the sum along `axis`.
struct concat {
    std::uint8_t axis = 0;
};

[[nodiscard]] constexpr std::string_view kind_of(const concat&) noexcept {
    return "concat";
}

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const concat& layer, view<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, in.empty() ? 1 : in.size(), in.size()));
    shape dims = in[0].dims;
    if (layer.axis >= dims.rank())
        return fault{errc::bad_shape, "the axis of a concatenation is beyond its inputs' rank"};
    for (const auto& v : in.subspan(1)) {
        if (v.dims.rank() != dims.rank())
            return fault{errc::bad_shape, "values to be joined must have the same rank"};
        for (std::size_t i = 0; i < dims.rank(); ++i)
            if (i != layer.axis && v.dims[i] != dims[i])
                return fault{errc::bad_shape,
                             "values to be joined differ in a size other than the joined one"};
        if (is_real(v.type) != is_real(in[0].type))
            return fault{errc::unsupported, "values to be joined differ in type"};
        dims[layer.axis] += v.dims[layer.axis];
        if (dims[layer.axis] > most_elements)
            return fault{errc::bad_shape, "a tensor would be too large"};
    }
    return detail::one(dims, in[0].type);
}

/// The movement itself, for elements of any type; so has every layer that only moves elements.
template <class E>
[[nodiscard]] std::vector<tensor<E>> move_elements(const concat& layer, view<const tensor<E>* const> in) {
    shape dims = in[0]->dims();
    for (const auto* t : in.subspan(1))
        dims[layer.axis] += t->dims()[layer.axis];
    std::vector<tensor<E>> out;
    out.emplace_back(dims);
    const std::int64_t outer = dims.product(0, layer.axis);
    const std::int64_t row = dims.product(layer.axis, dims.rank());
    std::int64_t at = 0;
    for (const auto* t : in) {
        const std::int64_t length = t->dims().product(layer.axis, dims.rank());
        for (std::int64_t o = 0; o < outer; ++o)
            std::copy_n(t->data().data() + o * length, length, out[0].data().data() + o * row + at);
        at += length;
    }
    return out;
}

template <class T>
[[nodiscard]] result<any_tensors<T>> forward(const concat& layer, tensor_inputs<T> in) {
    return detail::move_any<T>(layer, in);
}

} // namespace pith

#endif
