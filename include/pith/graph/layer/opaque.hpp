// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_OPAQUE_HPP
#define PITH_GRAPH_LAYER_OPAQUE_HPP
/// An operator the library keeps but does not compute.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../../base/on_use.hpp"
#include "../../base/shape.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs and outputs as the operator had them. Shape inference needs `dims`; evaluation and planning refuse
/// it by name.
struct opaque {
    std::string domain;
    std::string op_type;
    std::vector<shape> dims; ///< one per output, empty if unknown
    std::string attributes;  ///< serialised, as they were
};

template <class = on_use>
[[nodiscard]] inline std::string_view kind_of(const opaque& layer) noexcept {
    return layer.op_type;
}

template <class = on_use>
[[nodiscard]] inline result<value_infos> infer(const opaque& layer, view<const value_info> in) {
    value_infos out;
    for (const auto& dims : layer.dims) {
        PITH_TRY(detail::expect_sane(dims));
        value_info v = in.empty() ? value_info{} : in[0];
        v.dims = dims;
        out.push_back(v);
    }
    if (out.empty())
        return fault{errc::unsupported, "the operator is not supported and its output shapes are unknown"};
    return out;
}

template <class T>
[[nodiscard]] result<any_tensors<T>> forward(const opaque&, tensor_inputs<T>) {
    return fault{errc::unsupported, "the operator is kept but cannot be computed; replace it in the model"};
}

} // namespace pith

#endif
