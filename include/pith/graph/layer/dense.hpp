// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_DENSE_HPP
#define PITH_GRAPH_LAYER_DENSE_HPP
/// Fully connected layer on the last axis.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "../gemm.hpp"
#include "../layer_traits.hpp"
#include "../value_info.hpp"

namespace pith {

/// inputs: x [..., in], weights [out, in], optional bias [out]; output [..., out].
struct dense {};

template <>
struct layer_traits<dense> : multiplying_layer<dense> {
    [[nodiscard]] static std::string_view kind(const dense&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const dense&, std::span<const value_info> in);
    template <class S>
    [[nodiscard]] static tensor<S> multiply(const dense&, const tensor<S>& x, const tensor<S>& w,
                                            const tensor<S>* bias);
    [[nodiscard]] static channel_sources channels(const dense&, std::span<const shape> in, std::size_t,
                                                  std::int64_t) {
        return all_channels(in.subspan(0, 1));
    }
    /// A real output is the sum times the scales.
    [[nodiscard]] static bool runs_quantized(const dense&, const node_codes& c) {
        return c.in[0] && c.weights && c.bias;
    }
    [[nodiscard]] static sum_cut cut_of_sums(const dense&, const shape&) { return sum_cut::depth; }
};

inline std::string_view layer_traits<dense>::kind(const dense&) noexcept {
    return "dense";
}

inline result<value_infos> layer_traits<dense>::infer(const dense&, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 2, 3));
    PITH_TRY(detail::expect_real(in));
    shape dims = in[0].dims;
    const shape& w = in[1].dims;
    if (dims.rank() < 1 || w.rank() != 2 || dims.back() != w[1])
        return fault{errc::bad_shape, "a dense layer's weights [out, in] do not fit its input's last axis"};
    if (detail::has_input(in, 2) && in[2].dims != shape{w[0]})
        return fault{errc::bad_shape, "a bias needs one number per output"};
    dims[dims.rank() - 1] = w[0];
    return detail::one(dims, in[0].type);
}

/// @pre infer accepted the shapes
/// @param bias null for none
template <class T>
tensor<T> layer_traits<dense>::multiply(const dense&, const tensor<T>& x, const tensor<T>& w,
                                        const tensor<T>* bias) {
    shape dims = x.dims();
    const auto in = static_cast<std::size_t>(w.dims()[1]);
    const auto out = static_cast<std::size_t>(w.dims()[0]);
    dims[dims.rank() - 1] = w.dims()[0];
    tensor<T> y(dims);
    const std::size_t rows = static_cast<std::size_t>(dims.product(0, dims.rank() - 1));
    if (!y.empty() && in != 0)
        gemm_nt<T>({rows, out, in, in, in, out}, x.data().data(), w.data().data(), y.data().data());
    for (std::size_t i = 0; bias != nullptr && i < y.size(); ++i)
        y[i] += (*bias)[i % out];
    return y;
}

} // namespace pith

#endif
