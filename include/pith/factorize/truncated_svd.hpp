// SPDX-License-Identifier: MIT
#ifndef PITH_FACTORIZE_TRUNCATED_SVD_HPP
#define PITH_FACTORIZE_TRUNCATED_SVD_HPP
/// The best approximation of a matrix by a product of two thin ones, weighted by the second moments of what
/// the matrix multiplies.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <Eigen/SVD>

#include "../graph/gemm.hpp"

namespace pith::factorize {

/// Eigenvectors of a symmetric positive semi-definite matrix.
struct principal_axes {
    std::vector<double> energies{}; ///< [size]: the eigenvalues, descending, none below 0
    std::vector<double> axes{};     ///< [size, size]: one unit vector per row
};

/// @param m [size, size], of which only what is not above the diagonal counts
/// @return none if the elements are not finite
template <class T = double>
[[nodiscard]] std::optional<principal_axes> principal_axes_of(const std::vector<T>& m, std::size_t size) {
    using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    if (!std::all_of(m.begin(), m.end(), [](T v) { return std::isfinite(v); }))
        return std::nullopt;
    const auto n = static_cast<Eigen::Index>(size);
    const matrix lower = Eigen::Map<const matrix>(m.data(), n, n);
    const matrix whole = lower.template selfadjointView<Eigen::Lower>();
    // Of such a matrix singular values are eigenvalues; Eigen's eigensolvers take longer to compile than all
    // else that is included of it here.
    const Eigen::BDCSVD<matrix> solved(whole, Eigen::ComputeFullU);
    if (solved.info() != Eigen::Success)
        return std::nullopt;
    principal_axes p{std::vector<double>(size), std::vector<double>(size * size)};
    for (std::size_t i = 0; i < size; ++i) {
        const auto from = static_cast<Eigen::Index>(i);
        p.energies[i] = static_cast<double>(solved.singularValues()[from]);
        for (std::size_t j = 0; j < size; ++j)
            p.axes[i * size + j] = static_cast<double>(solved.matrixU()(static_cast<Eigen::Index>(j), from));
    }
    return p;
}

/// w ~ second * first.
struct factor_pair {
    std::vector<double> first{};  ///< [rank, read]
    std::vector<double> second{}; ///< [given, rank]
};

/// w [given, read] h [read, read] w^T: what the outputs w x have for second moments where h = E[x x^T].
/// @param h empty: the identity
[[nodiscard]] inline std::vector<double> output_moments(const std::vector<double>& w, std::size_t given,
                                                        std::size_t read, const std::vector<double>& h) {
    std::vector<double> scaled(w);
    if (!h.empty())
        gemm_nn<double>({given, read, read, read, read, read}, w.data(), h.data(), scaled.data());
    std::vector<double> out(given * given);
    gemm_nt<double>({given, given, read, read, read, given}, scaled.data(), w.data(), out.data());
    return out;
}

/// The factors of rank `rank` that lose least of E[|w x|^2]: w projected onto the leading principal axes of
/// its outputs. With E[x x^T] = L L^T this is the truncated singular value decomposition of w L, without
/// the need to invert L. Both factors carry the square root of each singular value, so that neither the
/// values between them nor the second one's columns differ more in size than they must.
/// @param w [given, read]
/// @param p of output_moments; @pre rank <= given
[[nodiscard]] inline factor_pair factors_of(const std::vector<double>& w, std::size_t given, std::size_t read,
                                            const principal_axes& p, std::size_t rank) {
    factor_pair f{std::vector<double>(rank * read), std::vector<double>(given * rank)};
    gemm_nn<double>({rank, read, given, given, read, read}, p.axes.data(), w.data(), f.first.data());
    const double floor = p.energies.empty() ? 0. : p.energies[0] * 1e-12;
    for (std::size_t r = 0; r < rank; ++r) {
        const double energy = std::max(p.energies[r], floor);
        const double scale = energy > 0 ? std::sqrt(std::sqrt(energy)) : 1.;
        for (std::size_t i = 0; i < read; ++i)
            f.first[r * read + i] /= scale;
        for (std::size_t o = 0; o < given; ++o)
            f.second[o * rank + r] = p.axes[r * given + o] * scale;
    }
    return f;
}

} // namespace pith::factorize

#endif
