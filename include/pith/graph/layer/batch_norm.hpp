// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_BATCH_NORM_HPP
#define PITH_GRAPH_LAYER_BATCH_NORM_HPP
/// Batch normalisation at inference: (x - mean) / sqrt(variance + epsilon) * gamma + beta per channel.

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>

#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x [..., c], gamma [c], beta [c], mean [c], variance [c]; output as x.
struct batch_norm {
    double epsilon = 1e-5;
};

template <>
struct layer_traits<batch_norm> : no_products, only_in_reals {
    static constexpr layer_role role = layer_role::pointwise;
    [[nodiscard]] static std::string_view kind(const batch_norm&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const batch_norm&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const batch_norm&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const batch_norm&, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        return same_channel(in, channel);
    }
};

inline std::string_view layer_traits<batch_norm>::kind(const batch_norm&) noexcept {
    return "batch_norm";
}

inline result<value_infos> layer_traits<batch_norm>::infer(const batch_norm&,
                                                           std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 5, 5));
    PITH_TRY(detail::expect_real(in));
    if (in[0].dims.rank() < 1)
        return fault{errc::bad_shape, "batch normalisation needs at least one axis"};
    for (std::size_t i = 1; i < 5; ++i)
        if (in[i].dims != shape{in[0].dims.back()})
            return fault{errc::bad_shape, "batch normalisation needs one number per channel"};
    return detail::one(in[0].dims, in[0].type);
}

template <class T>
result<any_tensors<T>> layer_traits<batch_norm>::forward(const batch_norm& layer, tensor_inputs<T> in) {
    const auto& x = detail::reals<T>(in, 0);
    const std::size_t channels = static_cast<std::size_t>(x.dims().back());
    tensor<T> scale({x.dims().back()});
    tensor<T> offset({x.dims().back()});
    for (std::size_t c = 0; c < channels; ++c) {
        const double variance = static_cast<double>(detail::reals<T>(in, 4)[c]);
        const double factor =
            static_cast<double>(detail::reals<T>(in, 1)[c]) / std::sqrt(variance + layer.epsilon);
        const double mean = static_cast<double>(detail::reals<T>(in, 3)[c]);
        scale[c] = static_cast<T>(factor);
        offset[c] = static_cast<T>(static_cast<double>(detail::reals<T>(in, 2)[c]) - mean * factor);
    }
    tensor<T> y(x.dims());
    for (std::size_t i = 0; i < x.size(); i += channels)
        for (std::size_t c = 0; c < channels; ++c)
            y[i + c] = x[i + c] * scale[c] + offset[c];
    return detail::one_tensor<T>(std::move(y));
}

} // namespace pith

#endif
