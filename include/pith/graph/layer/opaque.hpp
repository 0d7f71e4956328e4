// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_OPAQUE_HPP
#define PITH_GRAPH_LAYER_OPAQUE_HPP
/// An operator the library keeps but does not compute.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../../base/shape.hpp"
#include "../layer_traits.hpp"
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

template <>
struct layer_traits<opaque> : no_products, only_in_reals {
    static constexpr layer_role role = layer_role::combines;
    [[nodiscard]] static std::string_view kind(const opaque&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const opaque&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const opaque&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const opaque&, std::span<const shape> in, std::size_t,
                                                  std::int64_t) {
        return all_channels(in);
    }
};

inline std::string_view layer_traits<opaque>::kind(const opaque& layer) noexcept {
    return layer.op_type;
}

inline result<value_infos> layer_traits<opaque>::infer(const opaque& layer, std::span<const value_info> in) {
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
result<any_tensors<T>> layer_traits<opaque>::forward(const opaque&, tensor_inputs<T>) {
    return fault{errc::unsupported, "the operator is kept but cannot be computed; replace it in the model"};
}

} // namespace pith

#endif
