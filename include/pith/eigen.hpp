// SPDX-License-Identifier: MIT
#ifndef PITH_EIGEN_HPP
#define PITH_EIGEN_HPP
/// Tensors as Eigen sees matrices, without copies. Not part of pith.hpp: include it where Eigen is used.

#include <cstdint>

#include <Eigen/Core>

#include "base/assert.hpp"
#include "graph/tensor.hpp"

namespace pith {

/// A matrix whose rows lie one after another, as tensors do.
template <class T>
using eigen_matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace detail {

[[nodiscard]] inline std::int64_t last_axis(const shape& dims) noexcept {
    return dims.rank() == 0 ? 1 : dims.back();
}

} // namespace detail

/// The elements as a matrix [all other axes, last axis]; valid while the tensor lives and keeps its size.
template <class T>
[[nodiscard]] Eigen::Map<eigen_matrix<T>> as_matrix(tensor<T>& t) noexcept {
    const std::int64_t columns = detail::last_axis(t.dims());
    return {t.data().data(), columns == 0 ? 0 : static_cast<std::int64_t>(t.size()) / columns, columns};
}
template <class T>
[[nodiscard]] Eigen::Map<const eigen_matrix<T>> as_matrix(const tensor<T>& t) noexcept {
    const std::int64_t columns = detail::last_axis(t.dims());
    return {t.data().data(), columns == 0 ? 0 : static_cast<std::int64_t>(t.size()) / columns, columns};
}

/// A tensor [rows, columns] with the elements of a matrix or of an expression of matrices.
template <class Derived>
[[nodiscard]] tensor<typename Derived::Scalar> to_tensor(const Eigen::MatrixBase<Derived>& m) {
    tensor<typename Derived::Scalar> t({m.rows(), m.cols()});
    as_matrix(t) = m.derived();
    return t;
}

} // namespace pith

#endif
