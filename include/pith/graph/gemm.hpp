// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_GEMM_HPP
#define PITH_GRAPH_GEMM_HPP
/// The matrix products of the host half: the one place where Eigen multiplies.

#include <cstddef>
#include <type_traits>

#include <Eigen/Core>

namespace pith {

/// Sizes and row strides of c [m, n] = a [m, k] times b, all row-major.
struct gemm_shape {
    std::size_t m = 0;
    std::size_t n = 0;
    std::size_t k = 0;
    std::size_t a_stride = 0;
    std::size_t b_stride = 0;
    std::size_t c_stride = 0;
};

namespace detail {

template <class T>
using eigen_matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T>
[[nodiscard]] auto eigen_map(T* data, std::size_t rows, std::size_t columns, std::size_t stride) {
    using plain = eigen_matrix<std::remove_const_t<T>>;
    using matrix = std::conditional_t<std::is_const_v<T>, const plain, plain>;
    return Eigen::Map<matrix, Eigen::Unaligned, Eigen::OuterStride<>>(
        data, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns),
        Eigen::OuterStride<>(static_cast<Eigen::Index>(stride)));
}

} // namespace detail

/// c = a * transpose(b), b [n, k].
template <class T>
void gemm_nt(const gemm_shape& s, const T* a, const T* b, T* c) {
    detail::eigen_map(c, s.m, s.n, s.c_stride).noalias() =
        detail::eigen_map(a, s.m, s.k, s.a_stride) * detail::eigen_map(b, s.n, s.k, s.b_stride).transpose();
}

/// c = a * b, b [k, n].
template <class T>
void gemm_nn(const gemm_shape& s, const T* a, const T* b, T* c) {
    detail::eigen_map(c, s.m, s.n, s.c_stride).noalias() =
        detail::eigen_map(a, s.m, s.k, s.a_stride) * detail::eigen_map(b, s.k, s.n, s.b_stride);
}

} // namespace pith

#endif
