// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_MATMUL_HPP
#define PITH_GRAPH_LAYER_MATMUL_HPP
/// Batched matrix product of two activations, NumPy broadcasting.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "../gemm.hpp"
#include "../layer_traits.hpp"
#include "../strides.hpp"
#include "../value_info.hpp"
#include "binary.hpp"

namespace pith {

/// inputs: a [..., m, k], b [..., k, n]; output [..., m, n].
struct matmul {};

template <>
struct layer_traits<matmul> : only_in_reals {
    static constexpr layer_role role = layer_role::combines;
    [[nodiscard]] static std::string_view kind(const matmul&) noexcept;
    [[nodiscard]] static result<value_infos> infer(const matmul&, std::span<const value_info> in);
    template <class T>
    [[nodiscard]] static result<any_tensors<T>> forward(const matmul&, tensor_inputs<T> in);
    [[nodiscard]] static channel_sources channels(const matmul&, std::span<const shape> in, std::size_t,
                                                  std::int64_t channel) {
        return {{0, 0, channels_of(in[0])}, {1, channel, 1}};
    }
    [[nodiscard]] static std::int64_t macs(const matmul&, const shape& out, std::span<const shape> in) {
        return detail::bounded_product(out.elements(), in[0].back());
    }
    [[nodiscard]] static std::int64_t taps(const matmul&, const shape&, std::span<const shape>) { return 0; }
};

inline std::string_view layer_traits<matmul>::kind(const matmul&) noexcept {
    return "matmul";
}

namespace detail {

/// The axes before the last two. @pre s.rank() >= 2
[[nodiscard]] inline shape batch_axes(const shape& s) {
    shape out;
    for (std::size_t i = 0; i + 2 < s.rank(); ++i)
        out.push_back(s[i]);
    return out;
}

} // namespace detail

inline result<value_infos> layer_traits<matmul>::infer(const matmul&, std::span<const value_info> in) {
    PITH_TRY(detail::expect_inputs(in, 2, 2));
    PITH_TRY(detail::expect_computed(in));
    const shape& a = in[0].dims;
    const shape& b = in[1].dims;
    if (is_real(in[0].type) != is_real(in[1].type))
        return fault{errc::unsupported, "one factor is floating point, the other whole numbers; cast one"};
    if (a.rank() < 2 || b.rank() < 2)
        return fault{errc::bad_shape, "both factors of a matrix product need at least two axes"};
    if (a.back() != b[b.rank() - 2])
        return fault{errc::bad_shape, "the inner sizes of a matrix product differ"};
    auto batch = broadcast(detail::batch_axes(a), detail::batch_axes(b));
    if (!batch)
        return batch.error();
    batch->push_back(a[a.rank() - 2]);
    batch->push_back(b.back());
    return detail::one(*batch, in[0].type);
}

namespace detail {

/// y [m, n] = a [m, k] * b [k, n]; whole numbers, which are rare and small, by plain loops.
template <class E>
void multiply_matrix(const E* a, const E* b, E* y, std::size_t m, std::size_t k, std::size_t n) {
    if constexpr (std::is_floating_point_v<E>) {
        gemm_nn<E>({m, n, k, k, n, n}, a, b, y);
    } else {
        for (std::size_t i = 0; i < m * n; ++i)
            for (std::size_t j = 0; j < k; ++j)
                y[i] = apply(binary_op::add, y[i], apply(binary_op::mul, a[i / n * k + j], b[j * n + i % n]));
    }
}

template <class E>
[[nodiscard]] tensor<E> multiply_matrices(const tensor<E>& a, const tensor<E>& b) {
    const std::int64_t m = a.dims()[a.dims().rank() - 2];
    const std::int64_t k = a.dims().back();
    const std::int64_t n = b.dims().back();
    const shape batch_a = batch_axes(a.dims());
    const shape batch_b = batch_axes(b.dims());
    const shape batch = *broadcast(batch_a, batch_b);
    shape dims = batch;
    dims.push_back(m);
    dims.push_back(n);
    tensor<E> y(dims);
    if (y.empty() || k == 0)
        return y;
    shape each = batch; // rows of length 1: one per product
    each.push_back(1);
    const strides step_a = broadcast_strides(batch_a, batch);
    const strides step_b = broadcast_strides(batch_b, batch);
    for_each_row(each, step_a, step_b, [&](std::int64_t i, std::int64_t at_a, std::int64_t at_b) {
        multiply_matrix(a.data().data() + at_a * m * k, b.data().data() + at_b * k * n,
                        y.data().data() + i * m * n, static_cast<std::size_t>(m), static_cast<std::size_t>(k),
                        static_cast<std::size_t>(n));
    });
    return y;
}

} // namespace detail

template <class T>
result<any_tensors<T>> layer_traits<matmul>::forward(const matmul&, tensor_inputs<T> in) {
    if (in[0].reals != nullptr)
        return detail::one_tensor<T>(
            detail::multiply_matrices(detail::reals<T>(in, 0), detail::reals<T>(in, 1)));
    return detail::one_tensor<T>(
        detail::multiply_matrices(detail::wholes<T>(in, 0), detail::wholes<T>(in, 1)));
}

} // namespace pith

#endif
