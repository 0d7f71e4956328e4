// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_CONCAT_HPP
#define PITH_GRAPH_LAYER_CONCAT_HPP
/// Values joined along one axis.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "../layer_traits.hpp"
#include "../value_info.hpp"
#include "unary.hpp"

namespace pith {

/// inputs: one or more; output the sum along `axis`.
struct concat {
    std::uint8_t axis = 0;
};

template <>
struct layer_traits<concat> : moving_layer<concat> {
    [[nodiscard]] static std::string_view kind(const concat&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const concat&, std::span<const value_info> in);
    template <class E>
    [[nodiscard]] static std::vector<tensor<E>> move(const concat&, std::span<const tensor<E>* const> in);
    [[nodiscard]] static channel_sources channels(const concat&, std::span<const shape> in,
                                                  std::size_t output, std::int64_t channel);
    /// Of several inputs; those in other codes are recoded.
    [[nodiscard]] static bool keeps_elements(const concat&) { return false; }
    [[nodiscard]] static bool is_identity(const concat&) { return true; }
    [[nodiscard]] static bool runs_quantized(const concat&, const node_codes& c) { return c.all(); }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const concat&, const integer_call<T>& c);
};

inline std::string_view layer_traits<concat>::kind(const concat&) noexcept {
    return "concat";
}

inline result<value_infos> layer_traits<concat>::infer(const concat& layer, std::span<const value_info> in) {
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
std::vector<tensor<E>> layer_traits<concat>::move(const concat& layer, std::span<const tensor<E>* const> in) {
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

inline channel_sources layer_traits<concat>::channels(const concat& layer, std::span<const shape> in,
                                                      std::size_t, std::int64_t channel) {
    if (layer.axis + std::size_t{1} != in[0].rank())
        return same_channel(in, channel);
    std::size_t i = 0;
    for (; channel >= in[i].back(); ++i)
        channel -= in[i].back();
    return {{i, channel, 1}};
}

template <class T>
result<simulated_values<T>> layer_traits<concat>::forward_codes(const concat& layer,
                                                                const integer_call<T>& c) {
    std::vector<tensor<std::uint8_t>> recoded(c.in.size());
    std::vector<const tensor<std::uint8_t>*> in = c.in;
    for (std::size_t i = 0; i < in.size(); ++i)
        if (!same_codes(c.from[i], *c.to)) {
            recoded[i] = detail::look_up(make_recoding(c.from[i], *c.to), *in[i]);
            in[i] = &recoded[i];
        }
    return detail::move_codes<T>(layer, in);
}

} // namespace pith

#endif
