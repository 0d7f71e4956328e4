// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_REFIT_HPP
#define PITH_PRUNE_REFIT_HPP
/// refit: what a pruned layer has left is fitted anew, so that it gives what it gave before.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/biases.hpp"
#include "../graph/graph.hpp"
#include "../graph/uses.hpp"
#include "draw_moments.hpp"
#include "least_squares.hpp"

namespace pith::prune {

/// The least squares of the weights that are left, and of the biases, of every layer whose weights have zeros
/// that stay.
struct refit {
    calibration_options look{};
    /// Of the mean square of what a layer reads: how much the weights are drawn towards those they have.
    double damping = 0.02;

    /// @param reference the same network before: what every layer should give
    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g,
                                                      const graph<T, Layers>& reference) const;
};

/// A pass that puts zeros into weights, and then refit towards the network it was given.
template <class Pass>
struct refitted {
    Pass prune;
    refit fit;

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(const graph<T, Layers>& g) const {
        auto pruned = prune(g);
        return pruned ? fit(*std::move(pruned), g) : pruned;
    }
};
/// `refitted{pass, options}`.
template <class Pass>
refitted(Pass, refit) -> refitted<Pass>;

namespace detail {

/// Weights and bias of node `k` anew; weights that say they are sparse keep their zeros.
/// @param m centred
template <class T, class Layers>
void write_fit(graph<T, Layers>& g, node_index k, const gram& m, double damping) {
    const auto& n = g.nodes[k];
    tensor<T>& w = *g[n.inputs[1]].reals();
    tensor<T>& bias = *g[n.inputs[2]].reals();
    const bool keep_zeros = !g[n.inputs[1]].sparsity.is_dense();
    const auto fitted = fit_weights(m, {w.data().begin(), w.data().end()}, keep_zeros, damping);
    if (!fitted)
        return;
    for (std::size_t i = 0; i < w.size(); ++i)
        w[i] = static_cast<T>((*fitted)[i]);
    for (std::size_t o = 0; o < m.outputs; ++o) {
        double b = m.output_means[o];
        for (std::size_t i = 0; i < m.depth; ++i)
            b -= static_cast<double>(w[o * m.depth + i]) * m.input_means_of(m.group_of(o))[i];
        bias[o] = static_cast<T>(b);
    }
}

/// The layers that are marked, one after the other: each reads what the network gives by then.
/// @param real the network before
/// @param g the same nodes
/// @param kept of the values of `real`; none: all
/// @param mask called as mask(weights, centred moments) before a layer is fitted
template <class T, class Layers, class Mask>
[[nodiscard]] result<graph<T, Layers>>
refit_layers(const graph<T, Layers>& real, graph<T, Layers> g, const kept_of_values& kept,
             const std::vector<bool>& marked, const refit& options, const Mask& mask) {
    const auto uses = uses_of(g);
    for (node_index k = 0; k < g.nodes.size(); ++k)
        if (marked[k])
            own_bias(g, uses, g.nodes[k]);
    sample_walk<T, Layers> before(real);
    sample_walk<T, Layers> now(g);
    PITH_TRY(before.take(options.look.calibration, options.look.samples));
    PITH_TRY(now.take(options.look.calibration, options.look.samples));
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        PITH_TRY(before.run(k));
        if (marked[k]) {
            const auto& n = g.nodes[k];
            const value_id y = n.outputs[0];
            const row_sources<T, Layers> from{now, &before, y < kept.size() ? kept[y] : kept_channels{}};
            const gram moments = draw_moments(n, *g[n.inputs[1]].reals(), from, options.look,
                                              options.look.seed + k * options.look.samples)
                                     .centred();
            mask(g[n.inputs[1]], moments);
            write_fit(g, k, moments, options.damping);
        }
        PITH_TRY(now.run(k));
    }
    return g;
}

/// Whether a node's weights can be fitted: conv2d or dense, constants of its own, not too many.
template <class T, class Layers>
[[nodiscard]] bool can_refit(const graph<T, Layers>& g, const std::vector<value_uses>& uses, node_index k) {
    const auto& n = g.nodes[k];
    if (!reads_rows(n) || g[n.inputs[0]].is_constant() || g[n.inputs[1]].reals() == nullptr ||
        uses[n.inputs[1]].readers.size() != 1)
        return false;
    if (uses[n.outputs[0]].readers.empty() && !uses[n.outputs[0]].is_output)
        return false;
    if (n.inputs.size() > 2 && n.inputs[2] != no_value && g[n.inputs[2]].reals() == nullptr)
        return false;
    const auto& w = g[n.inputs[1]].dims;
    return w.elements() > 0 && w.product(1, w.rank()) <= static_cast<std::int64_t>(most_depth);
}

[[nodiscard]] inline result<void> check(const calibration_options& o) {
    if (o.given() && (o.samples == 0 || o.rows == 0))
        return fault{errc::bad_option, "calibration needs at least one sample and one row"};
    return {};
}

/// Samples have to be there, and codes must not.
template <class T, class Layers>
[[nodiscard]] result<void> check_fit(const graph<T, Layers>& g, const calibration_options& o) {
    if (!o.given())
        return fault{errc::bad_option, "weights are fitted on calibration samples; give some"};
    for (const auto& v : g.values)
        if (v.is_coded())
            return fault{errc::unsupported,
                         "weights are fitted before codes are chosen; forget the codes first", v.name};
    return check(o);
}

} // namespace detail

template <class T, class Layers>
result<graph<T, Layers>> refit::operator()(graph<T, Layers> g, const graph<T, Layers>& reference) const {
    PITH_TRY(detail::check_fit(g, look));
    if (reference.nodes.size() != g.nodes.size() || reference.values.size() > g.values.size())
        return fault{errc::bad_option, "fitting needs the same network before its weights were removed"};
    const auto uses = uses_of(g);
    std::vector<bool> marked(g.nodes.size());
    for (node_index k = 0; k < g.nodes.size(); ++k)
        marked[k] = detail::can_refit(g, uses, k) && !g[g.nodes[k].inputs[1]].sparsity.is_dense();
    return detail::refit_layers(reference, std::move(g), {}, marked, *this,
                                [](const value<T>&, const gram&) {});
}

} // namespace pith::prune

#endif
