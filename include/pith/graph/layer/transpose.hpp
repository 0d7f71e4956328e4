// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_TRANSPOSE_HPP
#define PITH_GRAPH_LAYER_TRANSPOSE_HPP
/// Axes in another order.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../layer_traits.hpp"
#include "../strides.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; output axis i is axis permutation[i] of x.
struct transpose {
    std::vector<std::uint8_t> permutation;
};

template <>
struct layer_traits<transpose> : moving_layer<transpose> {
    [[nodiscard]] static std::string_view kind(const transpose&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const transpose&, std::span<const value_info> in);
    template <class E>
    [[nodiscard]] static std::vector<tensor<E>> move(const transpose&, std::span<const tensor<E>* const> in);
    [[nodiscard]] static channel_sources channels(const transpose& layer, std::span<const shape> in,
                                                  std::size_t, std::int64_t channel) {
        const bool last =
            layer.permutation.empty() || layer.permutation.back() + std::size_t{1} == in[0].rank();
        return last ? same_channel(in, channel) : all_channels(in);
    }
    [[nodiscard]] static bool is_identity(const transpose& layer) {
        return std::is_sorted(layer.permutation.begin(), layer.permutation.end());
    }
};

inline std::string_view layer_traits<transpose>::kind(const transpose&) noexcept {
    return "transpose";
}

inline result<value_infos> layer_traits<transpose>::infer(const transpose& layer,
                                                          std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    const std::size_t rank = in[0].dims.rank();
    const auto wrong = fault{errc::bad_shape, "a transpose must name every axis of its input once"};
    if (layer.permutation.size() != rank)
        return wrong;
    shape dims;
    std::uint32_t seen = 0;
    for (const auto axis : layer.permutation) {
        if (axis >= rank || (seen >> axis & 1u) != 0)
            return wrong;
        seen |= 1u << axis;
        dims.push_back(in[0].dims[axis]);
    }
    return detail::one(dims, in[0].type);
}

template <class E>
std::vector<tensor<E>> layer_traits<transpose>::move(const transpose& layer,
                                                     std::span<const tensor<E>* const> in) {
    const strides from = dense_strides(in[0]->dims());
    strides step{};
    shape dims;
    for (std::size_t i = 0; i < layer.permutation.size(); ++i) {
        dims.push_back(in[0]->dims()[layer.permutation[i]]);
        step[i] = from[layer.permutation[i]];
    }
    std::vector<tensor<E>> out;
    out.emplace_back(dims);
    copy_strided(in[0]->data().data(), step, dims, out[0].data().data());
    return out;
}

} // namespace pith

#endif
