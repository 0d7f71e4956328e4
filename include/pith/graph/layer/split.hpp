// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_SPLIT_HPP
#define PITH_GRAPH_LAYER_SPLIT_HPP
/// One value cut along one axis.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x; outputs one per size; the sizes add up to the axis.
struct split {
    std::uint8_t axis = 0;
    std::vector<std::int64_t> sizes;
};

template <>
struct layer_traits<split> : moving_layer<split> {
    [[nodiscard]] static std::string_view kind(const split&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const split&, std::span<const value_info> in);
    template <class E>
    [[nodiscard]] static std::vector<tensor<E>> move(const split&, std::span<const tensor<E>* const> in);
    [[nodiscard]] static channel_sources channels(const split&, std::span<const shape> in, std::size_t output,
                                                  std::int64_t channel);
    [[nodiscard]] static bool is_identity(const split&) { return true; }
};

inline std::string_view layer_traits<split>::kind(const split&) noexcept {
    return "split";
}

inline result<value_infos> layer_traits<split>::infer(const split& layer, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 1, 1));
    if (layer.axis >= in[0].dims.rank())
        return fault{errc::bad_shape, "the axis of a split is beyond its input's rank"};
    std::int64_t left = in[0].dims[layer.axis];
    value_infos out;
    for (const auto size : layer.sizes) {
        if (size < 0 || size > left)
            return fault{errc::bad_shape, "the sizes of a split do not add up to its axis"};
        left -= size;
        out.push_back(in[0]);
        out.back().dims[layer.axis] = size;
    }
    if (left != 0)
        return fault{errc::bad_shape, "the sizes of a split do not add up to its axis"};
    return out;
}

template <class E>
std::vector<tensor<E>> layer_traits<split>::move(const split& layer, std::span<const tensor<E>* const> in) {
    const shape& from = in[0]->dims();
    const std::int64_t outer = from.product(0, layer.axis);
    const std::int64_t row = from.product(layer.axis, from.rank());
    std::vector<tensor<E>> out;
    std::int64_t at = 0;
    for (const auto size : layer.sizes) {
        shape dims = from;
        dims[layer.axis] = size;
        out.emplace_back(dims);
        const std::int64_t length = dims.product(layer.axis, dims.rank());
        for (std::int64_t o = 0; o < outer; ++o)
            std::copy_n(in[0]->data().data() + o * row + at, length, out.back().data().data() + o * length);
        at += length;
    }
    return out;
}

inline channel_sources layer_traits<split>::channels(const split& layer, std::span<const shape> in,
                                                     std::size_t output, std::int64_t channel) {
    if (layer.axis + std::size_t{1} != in[0].rank())
        return same_channel(in, channel);
    for (std::size_t i = 0; i < output; ++i)
        channel += layer.sizes[i];
    return {{0, channel, 1}};
}

} // namespace pith

#endif
