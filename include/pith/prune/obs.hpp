// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_OBS_HPP
#define PITH_PRUNE_OBS_HPP
/// obs: channels go first whose loss the layers that read them can best make up for (Hassibi and Stork's
/// Optimal Brain Surgeon, channel by channel).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "criterion.hpp"
#include "least_squares.hpp"

namespace pith::prune {

/// The least squared error that is left in what readers give when a unit goes and their other weights are
/// fitted anew, one unit after the other. Needs calibration samples.
struct obs {
    static constexpr bool needs_moments = true;

    double damping = 0.01; ///< of the mean square of what a layer reads

    /// @tparam T scalar of the systems that are solved
    template <class T = double>
    [[nodiscard]] result<std::vector<double>> operator()(const group_weights& g) const;
};

namespace detail {

/// A reading layer while units go: of one group of it.
template <class T>
struct surgeon {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<T> weights; ///< [rows, columns]
    std::vector<T> inverse; ///< [columns, columns], of the damped moments

    /// (H^-1)_UU ^-1. @param u the columns of a unit
    [[nodiscard]] std::optional<std::vector<T>> stiffness(const std::vector<std::uint32_t>& u) const {
        std::vector<T> block;
        for (const auto i : u)
            for (const auto j : u)
                block.push_back(inverse[i * columns + j]);
        return prune::inverse(std::move(block), u.size());
    }
    /// Of all rows, w_U (H^-1)_UU^-1 w_U^T.
    [[nodiscard]] T loss(const std::vector<std::uint32_t>& u) const {
        const auto s = stiffness(u);
        T sum = 0;
        for (std::size_t r = 0; s && r < rows; ++r)
            for (std::size_t i = 0; i < u.size(); ++i)
                for (std::size_t j = 0; j < u.size(); ++j)
                    sum += weights[r * columns + u[i]] * (*s)[i * u.size() + j] * weights[r * columns + u[j]];
        return s ? sum : std::numeric_limits<T>::infinity();
    }
    /// m -= m_U (H^-1)_UU^-1 (H^-1)_U. @param m [rows, columns]
    void sweep(std::vector<T>& m, const std::vector<std::uint32_t>& u, const std::vector<T>& s,
               const std::vector<T>& lines) const {
        const std::size_t n = u.size();
        std::vector<T> factors(n);
        for (std::size_t r = 0; r < m.size() / columns; ++r) {
            T* row = m.data() + r * columns;
            for (std::size_t j = 0; j < n; ++j) {
                factors[j] = 0;
                for (std::size_t i = 0; i < n; ++i)
                    factors[j] += row[u[i]] * s[i * n + j];
            }
            for (std::size_t j = 0; j < n; ++j)
                for (std::size_t c = 0; c < columns; ++c)
                    row[c] -= factors[j] * lines[j * columns + c];
        }
    }
    void remove(const std::vector<std::uint32_t>& u) {
        const auto s = stiffness(u);
        if (!s)
            return;
        std::vector<T> lines; // (H^-1)_U
        for (const auto i : u)
            lines.insert(lines.end(), inverse.begin() + static_cast<std::ptrdiff_t>(i * columns),
                         inverse.begin() + static_cast<std::ptrdiff_t>((i + 1) * columns));
        sweep(weights, u, *s, lines);
        sweep(inverse, u, *s, lines);
    }
};

template <class T>
struct surgeon_of_unit {
    surgeon<T> at;
    const std::vector<std::vector<std::uint32_t>>* of_unit = nullptr;
};

template <class T>
[[nodiscard]] result<std::vector<surgeon_of_unit<T>>> surgeons_of(const group_weights& g, double damping) {
    std::vector<surgeon_of_unit<T>> all;
    for (const auto& layer : g.readers) {
        const std::size_t groups =
            layer.columns == 0 ? 0 : layer.moments.size() / (layer.columns * layer.columns);
        if (groups == 0)
            return fault{errc::bad_option, "second-order pruning needs calibration samples", g.name};
        for (std::size_t i = 0; i < groups; ++i) {
            const double* h = layer.moments.data() + i * layer.columns * layer.columns;
            const double lambda = damping_of(h, layer.columns, damping);
            auto inverted = inverse(damped<T>(h, layer.columns, lambda), layer.columns);
            if (!inverted)
                return fault{errc::unsupported, "what the samples give is not finite", g.name};
            const std::size_t rows = layer.rows / groups;
            all.push_back({{rows,
                            layer.columns,
                            {layer.row(i * rows), layer.row(i * rows) + rows * layer.columns},
                            *std::move(inverted)},
                           &layer.of_unit});
        }
    }
    return all;
}

} // namespace detail

template <class T>
result<std::vector<double>> obs::operator()(const group_weights& g) const {
    if (g.readers.empty())
        return fault{errc::unsupported, "no layer with weights reads these channels", g.name};
    auto surgeons = detail::surgeons_of<T>(g, damping);
    if (!surgeons)
        return surgeons.error();
    std::vector<double> scores(g.units, -1.);
    double last = 0;
    for (std::size_t gone = 0; gone < g.units; ++gone) {
        std::size_t best = g.units;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t u = 0; u < g.units; ++u) {
            if (scores[u] >= 0)
                continue;
            double loss = 0;
            for (const auto& s : *surgeons)
                loss += static_cast<double>(s.at.loss((*s.of_unit)[u]));
            if (best == g.units || loss < least) {
                best = u;
                least = loss;
            }
        }
        last = scores[best] = std::max(last, least); // the order of going is the order of the scores
        for (auto& s : *surgeons)
            s.at.remove((*s.of_unit)[best]);
    }
    return scores;
}

} // namespace pith::prune

#endif
