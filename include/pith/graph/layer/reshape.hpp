// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_RESHAPE_HPP
#define PITH_GRAPH_LAYER_RESHAPE_HPP
/// Another shape for the same elements (reshape, flatten, squeeze, unsqueeze).

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../../base/on_use.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output [dims...]. A dimension 0 copies the same axis of x (so a batch stays free), -1 is what
/// is left.
struct reshape {
    std::vector<std::int64_t> dims;
    bool empty = false; ///< a dimension 0 is a size: of values without elements
};

[[nodiscard]] constexpr std::string_view kind_of(const reshape&) noexcept {
    return "reshape";
}

namespace detail {

template <class = on_use>
[[nodiscard]] inline result<shape> reshaped(const reshape& layer, const shape& from) {
    if (layer.dims.size() > max_rank)
        return fault{errc::unsupported, "tensors of more than eight axes are not supported"};
    shape dims;
    std::size_t free = max_rank;
    std::int64_t known = 1;
    for (std::size_t i = 0; i < layer.dims.size(); ++i) {
        std::int64_t d = layer.dims[i];
        const bool copies = d == 0 && !layer.empty;
        if (copies && i >= from.rank())
            return fault{errc::bad_shape, "a reshape copies an axis that its input does not have"};
        if (d < -1 || d > most_elements || (d == -1 && free != max_rank))
            return fault{errc::bad_shape, "a reshape asks for an impossible size"};
        if (copies)
            d = from[i];
        if (d == -1) {
            free = i;
            d = 1;
        }
        dims.push_back(d);
        if (d > 0 && known > most_elements / d)
            return fault{errc::bad_shape, "a tensor would be too large"};
        known *= d;
    }
    if (free != max_rank && known > 0)
        dims[free] = from.elements() / known;
    if (dims.elements() != from.elements())
        return fault{errc::bad_shape, "a reshape changes the number of elements"};
    return dims;
}

} // namespace detail

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const reshape& layer, view<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    const auto dims = detail::reshaped(layer, in[0].dims);
    if (!dims)
        return dims.error();
    return detail::one(*dims, in[0].type);
}

template <class E>
[[nodiscard]] std::vector<tensor<E>> move_elements(const reshape& layer, view<const tensor<E>* const> in) {
    std::vector<tensor<E>> out(1, *in[0]);
    out[0].reshape(*detail::reshaped(layer, in[0]->dims()));
    return out;
}

template <class T>
[[nodiscard]] result<any_tensors<T>> forward(const reshape& layer, tensor_inputs<T> in) {
    return detail::move_any<T>(layer, in);
}

} // namespace pith

#endif
