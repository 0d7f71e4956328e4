// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_GATHER_HPP
#define PITH_GRAPH_LAYER_GATHER_HPP
/// Slices picked by index along one axis.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x, indices (whole numbers, negative from the end); output x with `axis` replaced by the shape of
/// indices.
struct gather {
    std::uint8_t axis = 0;
};

template <>
struct layer_traits<gather> : no_products {
    static constexpr layer_role role = layer_role::moves;
    [[nodiscard]] static std::string_view kind(const gather&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const gather&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const gather&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const gather& layer, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        const auto x = in.subspan(0, 1);
        return layer.axis + std::size_t{1} == in[0].rank() ? all_channels(x) : same_channel(x, channel);
    }
    [[nodiscard]] static bool keeps_elements(const gather&) { return true; }
    [[nodiscard]] static bool runs_quantized(const gather&, const node_codes& c) { return c.alike(1); }
    template <class T>
    [[nodiscard]] static result<simulated_values<T>> forward_codes(const gather&, const integer_call<T>& c);
};

inline std::string_view layer_traits<gather>::kind(const gather&) noexcept {
    return "gather";
}

namespace detail {

[[nodiscard]] inline shape gathered(const gather& layer, const shape& x, const shape& indices) {
    shape dims;
    for (std::size_t i = 0; i < layer.axis; ++i)
        dims.push_back(x[i]);
    for (const auto d : indices)
        dims.push_back(d);
    for (std::size_t i = layer.axis + std::size_t{1}; i < x.rank(); ++i)
        dims.push_back(x[i]);
    return dims;
}

[[nodiscard]] inline result<void> expect_indices(std::span<const std::int64_t> indices, std::int64_t size) {
    for (const auto i : indices)
        if (i < -size || i >= size)
            return fault{errc::bad_shape, "an index is beyond the axis that it picks from"};
    return {};
}

} // namespace detail

inline result<value_infos> layer_traits<gather>::infer(const gather& layer, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 2, 2));
    if (layer.axis >= in[0].dims.rank())
        return fault{errc::bad_shape, "the axis to gather along is beyond the input's rank"};
    if (in[0].dims.rank() + in[1].dims.rank() > max_rank + 1)
        return fault{errc::unsupported, "tensors of more than eight axes are not supported"};
    if (is_real(in[1].type))
        return fault{errc::unsupported, "indices must be whole numbers"};
    return detail::one(detail::gathered(layer, in[0].dims, in[1].dims), in[0].type);
}

/// @pre the indices are in range
template <class E>
[[nodiscard]] tensor<E> pick_elements(const gather& layer, const tensor<E>& x,
                                      const tensor<std::int64_t>& indices) {
    tensor<E> y(detail::gathered(layer, x.dims(), indices.dims()));
    const std::int64_t outer = x.dims().product(0, layer.axis);
    const std::int64_t size = x.dims()[layer.axis];
    const std::int64_t inner = x.dims().product(layer.axis + std::size_t{1}, x.dims().rank());
    E* to = y.data().data();
    for (std::int64_t o = 0; o < outer; ++o)
        for (const auto i : indices.data()) {
            const std::int64_t from = (o * size + (i < 0 ? i + size : i)) * inner;
            to = std::copy_n(x.data().data() + from, inner, to);
        }
    return y;
}

template <class T>
result<any_tensors<T>> layer_traits<gather>::forward(const gather& layer, tensor_inputs<T> in) {
    const auto& indices = detail::wholes<T>(in, 1);
    PITH_TRY(detail::expect_indices(indices.data(), in[0].dims()[layer.axis]));
    return detail::map_tensor<T>(in, 0, [&](const auto& x) { return pick_elements(layer, x, indices); });
}

template <class T>
result<simulated_values<T>> layer_traits<gather>::forward_codes(const gather& layer,
                                                                const integer_call<T>& c) {
    PITH_TRY(detail::expect_indices(c.indices->data(), c.in[0]->dims()[layer.axis]));
    return detail::one_simulated<T>(pick_elements(layer, *c.in[0], *c.indices));
}

} // namespace pith

#endif
