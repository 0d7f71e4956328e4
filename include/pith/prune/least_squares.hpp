// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_LEAST_SQUARES_HPP
#define PITH_PRUNE_LEAST_SQUARES_HPP
/// The weights of a layer that come nearest to what it should give, when some may not be used.

#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "../base/parallel.hpp"
#include "../graph/cholesky.hpp"
#include "../graph/gemm.hpp"
#include "../graph/gram.hpp"

namespace pith::prune {

/// The inverse of a symmetric matrix [size, size]; none if it is not positive definite.
template <class T = double>
[[nodiscard]] std::optional<std::vector<T>> inverse(std::vector<T> h, std::size_t size) {
    const auto factor = cholesky(std::move(h), size);
    if (!factor)
        return std::nullopt;
    std::vector<T> l(size * size); // L^-1
    for (std::size_t i = 0; i < size; ++i)
        l[i * size + i] = T{1};
    substitute_forward(factor->data(), size, size, size, l.data());
    std::vector<T> turned(size * size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j)
            turned[j * size + i] = l[i * size + j];
    std::vector<T> out(size * size);
    gemm_nt<T>({size, size, size, size, size, size}, turned.data(), turned.data(), out.data());
    return out;
}

/// What is added to the diagonal of h [size, size]: `share` of its mean, and never nothing.
[[nodiscard]] inline double damping_of(const double* h, std::size_t size, double share) {
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i)
        sum += h[i * size + i];
    const double mean = size == 0 ? 0. : sum / static_cast<double>(size);
    return mean > 0 ? mean * (share > 1e-9 ? share : 1e-9) : 1.;
}

/// h + lambda I.
template <class T = double>
[[nodiscard]] std::vector<T> damped(const double* h, std::size_t size, double lambda) {
    std::vector<T> sum(h, h + size * size);
    for (std::size_t i = 0; i < size; ++i)
        sum[i * size + i] += static_cast<T>(lambda);
    return sum;
}

namespace detail {

/// One output's weights anew, zeros where they were zero: w_S = (g_S + lambda w_S) (h_SS + lambda I)^-1.
template <class T>
bool fit_survivors(const double* h, const double* g, std::size_t depth, double lambda, T* w) {
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < depth; ++i)
        if (w[i] != T{0})
            at.push_back(i);
    const std::size_t n = at.size();
    if (n == 0)
        return true;
    std::vector<T> some(n * n);
    std::vector<T> right(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j)
            some[i * n + j] = static_cast<T>(h[at[i] * depth + at[j]] + (i == j ? lambda : 0.));
        right[i] = static_cast<T>(g[at[i]]) + static_cast<T>(lambda) * w[at[i]];
    }
    const auto factor = cholesky(std::move(some), n);
    if (!factor)
        return false;
    substitute_forward(factor->data(), n, n, 1, right.data());
    for (std::size_t i = n; i-- > 0;) { // L^T x = right
        right[i] /= (*factor)[i * n + i];
        for (std::size_t j = 0; j < i; ++j)
            right[j] -= (*factor)[i * n + j] * right[i];
    }
    for (std::size_t i = 0; i < n; ++i)
        w[at[i]] = right[i];
    return true;
}

/// All weights of one group's outputs: W = (G + lambda W) (H + lambda I)^-1.
template <class T>
bool fit_all(const double* h, const double* g, std::size_t outputs, std::size_t depth, double lambda, T* w) {
    const auto inverted = inverse(damped<T>(h, depth, lambda), depth);
    if (!inverted)
        return false;
    std::vector<T> right(g, g + outputs * depth);
    for (std::size_t i = 0; i < right.size(); ++i)
        right[i] += static_cast<T>(lambda) * w[i];
    gemm_nn<T>({outputs, depth, depth, depth, depth, depth}, right.data(), inverted->data(), w);
    return true;
}

} // namespace detail

/// The least squares of a whole layer, drawn towards the weights it has by `damping` of the mean square of
/// what it reads. Weights that are zero stay so if `keep_zeros`.
/// @param m centred moments
/// @param w [outputs, depth]
/// @return none if the moments are not those of finite numbers
/// @tparam T scalar of the systems that are solved
template <class T = double>
[[nodiscard]] std::optional<std::vector<T>> fit_weights(const gram& m, std::vector<T> w, bool keep_zeros,
                                                        double damping) {
    const std::size_t in_group = m.outputs / m.groups;
    std::vector<char> done(keep_zeros ? m.outputs : m.groups, 1);
    parallel_for(done.size(), [&](std::size_t i) {
        const std::size_t group = keep_zeros ? m.group_of(i) : i;
        const double* h = m.inputs_of(group);
        const double lambda = damping_of(h, m.depth, damping);
        done[i] = keep_zeros
                      ? detail::fit_survivors(h, m.cross_of(i), m.depth, lambda, w.data() + i * m.depth)
                      : detail::fit_all(h, m.cross_of(i * in_group), in_group, m.depth, lambda,
                                        w.data() + i * in_group * m.depth);
    });
    for (const char d : done)
        if (d == 0)
            return std::nullopt;
    for (const T v : w)
        if (!std::isfinite(v))
            return std::nullopt;
    return w;
}

} // namespace pith::prune

#endif
