// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_SECOND_ORDER_HPP
#define PITH_PRUNE_SECOND_ORDER_HPP
/// second_order: weights go whose loss the others of their output can best make up for, and the others do
/// (Frantar and Alistarh, SparseGPT, 2023), in closed form, layer by layer.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "n_of_m.hpp"
#include "refit.hpp"
#include "sparse_layers.hpp"

namespace pith::prune {

/// Wants a network without codes, and samples. Layers of more weights per output than second moments are
/// kept of lose the smallest weights.
struct second_order {
    float remove = 0.5f; ///< share of each layer's weights, [0, 1)
    std::uint8_t n = 0;  ///< not 0: n of m instead
    std::uint8_t m = 0;
    refit fit{};
    dense_layers dense{};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;

private:
    [[nodiscard]] bool by_pattern() const noexcept { return n != 0 || m != 0; }
    [[nodiscard]] format::sparsity pattern() const noexcept {
        return by_pattern() ? format::sparsity::n_of_m(n, m) : format::sparsity::free();
    }
    template <class T, class Layers>
    [[nodiscard]] result<void> check(const graph<T, Layers>& g) const;
    template <class T>
    void mask(value<T>& weights, const gram* moments) const;
};

namespace detail {

/// Weights [outputs, depth] of one layer on their way to zeros, column by column.
struct column_sweep {
    std::size_t depth = 0;
    std::size_t rows = 0;              ///< of the group at hand
    double* w = nullptr;               ///< [rows, depth]
    const std::vector<double>* factor; ///< L of H^-1 = L L^T

    [[nodiscard]] double pivot(std::size_t k) const { return (*factor)[k * depth + k]; }
    /// What it costs to set each weight of columns [first, end) to zero: [rows, end - first].
    [[nodiscard]] std::vector<double> scores(std::size_t first, std::size_t end) const {
        std::vector<double> s;
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t k = first; k < end; ++k) {
                const double v = w[r * depth + k] / pivot(k);
                s.push_back(v * v);
            }
        return s;
    }
    /// Sets a weight to zero; those behind it in its row make up for it.
    void drop(std::size_t r, std::size_t k) {
        double* row = w + r * depth;
        const double e = row[k] / pivot(k);
        row[k] = 0;
        for (std::size_t j = k + 1; j < depth; ++j)
            row[j] -= e * (*factor)[j * depth + k];
    }
    /// Those of columns [first, end) that are marked, [rows, end - first].
    void drop_marked(std::size_t first, std::size_t end, const std::vector<bool>& marked) {
        for (std::size_t k = first; k < end; ++k)
            for (std::size_t r = 0; r < rows; ++r)
                if (marked[r * (end - first) + k - first])
                    drop(r, k);
    }
};

} // namespace detail

template <class T, class Layers>
result<void> second_order::check(const graph<T, Layers>& g) const {
    PITH_TRY(detail::check_share(remove));
    if (!pattern().is_valid())
        return fault{errc::bad_option, "of m weights n can stay, more than none and fewer than m",
                     std::to_string(n) + " of " + std::to_string(m)};
    return detail::check_fit(g, fit.look);
}

/// @param moments centred; null where there are none
template <class T>
void second_order::mask(value<T>& weights, const gram* moments) const {
    auto& w = *weights.reals();
    const auto columns = static_cast<std::size_t>(weights.dims.back());
    const auto smallest = [&] {
        const auto scores = detail::magnitudes(w);
        const auto low = by_pattern() ? detail::mark_n_of_m(scores, columns, n, m)
                                      : detail::lowest(scores, detail::share_of(remove, scores.size()));
        detail::put_zeros(weights, low, 0, pattern());
    };
    if (moments == nullptr)
        return smallest();
    const std::size_t depth = moments->depth;
    auto target = fit_weights(*moments, {w.data().begin(), w.data().end()}, false, fit.damping);
    if (!target)
        return smallest();
    constexpr std::size_t at_a_time = 128;
    const std::size_t step = by_pattern() ? m : at_a_time;
    for (std::size_t group = 0; group < moments->groups; ++group) {
        const double* h = moments->inputs_of(group);
        const auto inverted = inverse(damped(h, depth, damping_of(h, depth, fit.damping)), depth);
        const auto factor = inverted ? cholesky(*inverted, depth) : std::nullopt;
        if (!factor)
            return smallest();
        const std::size_t rows = moments->outputs / moments->groups;
        detail::column_sweep sweep{depth, rows, target->data() + group * rows * depth, &*factor};
        // A pattern's groups end with the channels of a tap.
        const std::size_t run = by_pattern() ? columns : depth;
        for (std::size_t start = 0; start < depth; start += run)
            for (std::size_t first = start; first < start + run; first += step) {
                const std::size_t end = std::min(first + step, start + run);
                const auto scores = sweep.scores(first, end);
                sweep.drop_marked(first, end,
                                  by_pattern()
                                      ? detail::mark_n_of_m(scores, end - first, n, m)
                                      : detail::lowest(scores, detail::share_of(remove, scores.size())));
            }
    }
    for (std::size_t i = 0; i < w.size(); ++i)
        w[i] = static_cast<T>((*target)[i]);
    weights.sparsity = pattern();
}

template <class T, class Layers>
result<graph<T, Layers>> second_order::operator()(graph<T, Layers> g) const {
    PITH_TRY(check(g));
    std::vector<bool> marked(g.nodes.size());
    for (const auto k : sparse_layers(g, dense))
        marked[k] = true;
    const auto uses = uses_of(g);
    for (node_index k = 0; k < g.nodes.size(); ++k)
        if (marked[k] && !detail::can_refit(g, uses, k)) {
            mask(g[g.nodes[k].inputs[1]], nullptr);
            marked[k] = false;
        }
    const auto real = g;
    return detail::refit_layers(real, std::move(g), {}, marked, fit,
                                [&](value<T>& w, const gram& moments) { mask(w, &moments); });
}

} // namespace pith::prune

#endif
