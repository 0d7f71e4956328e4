// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_CHOLESKY_HPP
#define PITH_GRAPH_CHOLESKY_HPP
/// Least squares through a Cholesky factor. Eigen factors blocks of it. It is not left the whole: it cuts
/// large products by the sizes of the processor's caches, so that bits would change from machine to machine.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include <Eigen/Cholesky>

#include "gemm.hpp"

namespace pith {

namespace detail {

inline constexpr std::size_t cholesky_block = 64;

/// Replaces the triangle below the diagonal of a block by its factor's. @return whether there is one
template <class T>
[[nodiscard]] bool factor_block(T* h, std::size_t size, std::size_t stride) {
    using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
    matrix block(size, size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j)
            block(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = h[i * stride + j];
    const Eigen::LLT<matrix> factor(block);
    const auto& l = factor.matrixLLT();
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j <= i; ++j)
            h[i * stride + j] = l(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    return factor.info() == Eigen::Success && l.diagonal().allFinite();
}

} // namespace detail

/// x of L x = b, in place. @param l [size, size], lower triangular, with rows `stride` apart
/// @param b [size, columns]
template <class T>
void substitute_forward(const T* l, std::size_t size, std::size_t stride, std::size_t columns, T* b) {
    std::vector<T> sums(detail::cholesky_block * columns);
    for (std::size_t first = 0; first < size; first += detail::cholesky_block) {
        const std::size_t some = std::min(detail::cholesky_block, size - first);
        gemm_nn<T>({some, columns, first, stride, columns, columns}, l + first * stride, b, sums.data());
        for (std::size_t r = 0; r < some; ++r) {
            const T* row = l + (first + r) * stride + first;
            T* x = b + (first + r) * columns;
            for (std::size_t c = 0; c < columns; ++c)
                x[c] -= sums[r * columns + c];
            for (std::size_t j = 0; j < r; ++j)
                for (std::size_t c = 0; c < columns; ++c)
                    x[c] -= row[j] * b[(first + j) * columns + c];
            for (std::size_t c = 0; c < columns; ++c)
                x[c] /= row[r];
        }
    }
}

/// L of h = L L^T, with zeros above the diagonal; none if h is not positive definite.
/// @param h [size, size], of which only what is not above the diagonal counts
template <class T>
[[nodiscard]] std::optional<std::vector<T>> cholesky(std::vector<T> h, std::size_t size) {
    std::vector<T> sums(size * detail::cholesky_block);
    for (std::size_t first = 0; first < size; first += detail::cholesky_block) {
        const std::size_t some = std::min(detail::cholesky_block, size - first);
        T* at = h.data() + first * size;
        gemm_nt<T>({size - first, some, first, size, size, some}, at, at, sums.data());
        for (std::size_t r = 0; r < size - first; ++r)
            for (std::size_t c = 0; c < some; ++c)
                at[r * size + first + c] -= sums[r * some + c];
        if (!detail::factor_block(at + first, some, size))
            return std::nullopt;
        for (std::size_t r = some; r < size - first; ++r)
            substitute_forward(at + first, some, size, 1, at + r * size + first);
    }
    for (std::size_t r = 0; r < size; ++r)
        std::fill(h.data() + r * size + r + 1, h.data() + (r + 1) * size, T{0});
    return h;
}

} // namespace pith

#endif
