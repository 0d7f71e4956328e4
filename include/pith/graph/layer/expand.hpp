// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_EXPAND_HPP
#define PITH_GRAPH_LAYER_EXPAND_HPP
/// A value repeated to a larger shape, NumPy broadcasting.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "../../base/on_use.hpp"
#include "../strides.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output [dims...].
struct expand {
    std::vector<std::int64_t> dims;
};

[[nodiscard]] constexpr std::string_view kind_of(const expand&) noexcept {
    return "expand";
}

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const expand& layer, view<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    if (layer.dims.size() > max_rank)
        return fault{errc::unsupported, "tensors of more than eight axes are not supported"};
    shape to;
    for (const auto d : layer.dims)
        to.push_back(d);
    const auto dims = broadcast(in[0].dims, to);
    if (!dims)
        return dims.error();
    return detail::one(*dims, in[0].type);
}

template <class E>
[[nodiscard]] std::vector<tensor<E>> move_elements(const expand& layer, view<const tensor<E>* const> in) {
    shape to;
    for (const auto d : layer.dims)
        to.push_back(d);
    std::vector<tensor<E>> out;
    out.emplace_back(*broadcast(in[0]->dims(), to));
    const shape& dims = out[0].dims();
    copy_strided(in[0]->data().data(), broadcast_strides(in[0]->dims(), dims), dims, out[0].data().data());
    return out;
}

template <class T>
[[nodiscard]] result<any_tensors<T>> forward(const expand& layer, tensor_inputs<T> in) {
    return detail::move_any<T>(layer, in);
}

} // namespace pith

#endif
