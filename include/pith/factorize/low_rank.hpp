// SPDX-License-Identifier: MIT
#ifndef PITH_FACTORIZE_LOW_RANK_HPP
#define PITH_FACTORIZE_LOW_RANK_HPP
/// low_rank: layers become two smaller ones in a row. How a layer is cut is a Split: channels.hpp,
/// spatial.hpp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/biases.hpp"
#include "../graph/edit.hpp"
#include "../graph/first_last_layers.hpp"
#include "../graph/gram.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "../graph/measure.hpp"
#include "../graph/sample_walk.hpp"
#include "../graph/uses.hpp"
#include "../prune/draw_moments.hpp"
#include "../prune/least_squares.hpp"
#include "../prune/refit.hpp"
#include "choose_ranks.hpp"
#include "truncated_svd.hpp"

namespace pith::factorize {

/// The matrix [given, read] that a split decomposes.
struct split_sizes {
    std::size_t read = 0;  ///< numbers that one output of the first half is made of
    std::size_t given = 0; ///< numbers that the second half makes of one position of the first
};

/// What became of a layer with weights.
struct layer_outcome {
    std::string name;
    std::size_t rank = 0; ///< channels between its two halves; 0: it stays whole
    std::int64_t macs_before = 0;
    std::int64_t macs = 0;
    double lost = 0;   ///< estimated share of its outputs' energy that the rank loses, before any refit
    std::string why{}; ///< it stays whole; empty: it does not
};

/// What stays whole.
struct whole_layers {
    bool first_last = true; ///< layers with no other layer with weights before them, or none after
    std::vector<std::string> names{};
};

/// Replaces conv2d and dense layers by two in a row whose weights multiply to nearly the same, until the
/// network has lost a share `remove_macs` of its multiply-adds. Ranks are chosen for the whole network, each
/// layer's by the energy its outputs keep; a layer that is not worth it stays whole. With samples, outputs
/// count as far as the network's real inputs excite them, and both factors aim at what the layer gave before,
/// fed with what the factorised layers in front of it give; without samples it is the singular value
/// decomposition of the weights. Wants a network without codes and gives one: factorise, then quantise.
template <class Split>
struct low_rank {
    float remove_macs = 0.5f;          ///< share of the network's multiply-adds, above 0 and below 1
    std::size_t multiple_of = 8;       ///< ranks are multiples of it: the tile of the kernels to come
    prune::calibration_options look{}; ///< without samples nothing is fitted
    bool fit = true;                   ///< least squares towards the outputs before
    double damping = 0.02;             ///< prune::refit::damping
    whole_layers whole{};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        std::vector<layer_outcome> nobody;
        return (*this)(std::move(g), nobody);
    }
    /// @param outcomes one per layer with weights, in the order of the nodes
    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g,
                                                      std::vector<layer_outcome>& outcomes) const;

private:
    template <class T, class Layers>
    [[nodiscard]] result<void> check(const graph<T, Layers>& g) const;
    [[nodiscard]] bool fits() const noexcept { return fit && look.given(); }
};

namespace detail {

/// Outputs of a layer beyond which an eigendecomposition takes minutes.
inline constexpr std::size_t most_given = 4096;

/// A layer that can be cut in two.
struct candidate {
    node_index node = no_node;
    std::size_t outcome = 0;
    split_sizes sizes{};
    std::int64_t macs = 0;
    std::int64_t macs_per_rank = 0;
    std::vector<double> energies{};
    std::size_t rank = 0;
};

/// Why a layer with weights cannot be cut in two; empty: it can.
template <class Split, class T, class Layers>
[[nodiscard]] std::string why_whole(const graph<T, Layers>& g, const std::vector<value_uses>& uses,
                                    node_index k) {
    const auto& n = g.nodes[k];
    const auto* conv = layer_of<conv2d>(n);
    if (conv == nullptr && (!Split::takes_dense || layer_of<dense>(n) == nullptr))
        return conv == nullptr && layer_of<dense>(n) != nullptr ? "a dense layer has no height and width"
                                                                : "its kind cannot be cut in two";
    if (conv != nullptr && conv->groups > 1)
        return "its channels are in groups";
    if (!prune::detail::can_refit(g, uses, k))
        return "its weights are shared, computed or too many";
    if (!g[n.inputs[1]].sparsity.is_dense())
        return "its weights are sparse";
    if (const char* refused = Split::refusal(g[n.inputs[1]].dims))
        return refused;
    if (Split::sizes(g[n.inputs[1]].dims).given > most_given)
        return "it has more than " + std::to_string(most_given) + " outputs";
    return {};
}

/// The layers that can be cut in two, and an outcome of every layer with weights.
template <class Split, class T, class Layers>
[[nodiscard]] std::vector<candidate> candidates_of(const graph<T, Layers>& g, const whole_layers& whole,
                                                   std::vector<layer_outcome>& outcomes) {
    const auto uses = uses_of(g);
    const auto first_last = first_last_layers(g);
    const auto cost = measure(g);
    std::vector<candidate> out;
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        const auto& n = g.nodes[k];
        if (!has_weights(n.layer))
            continue;
        layer_outcome o{.name = n.name, .macs_before = cost.nodes[k].macs, .macs = cost.nodes[k].macs};
        if (std::find(whole.names.begin(), whole.names.end(), n.name) != whole.names.end())
            o.why = "it is to stay whole";
        else if (whole.first_last && first_last[k])
            o.why = "it is a first or last layer";
        else
            o.why = why_whole<Split>(g, uses, k);
        if (o.why.empty()) {
            const auto sizes = Split::sizes(g[n.inputs[1]].dims);
            const shape& y = g[n.outputs[0]].dims;
            const std::int64_t per_rank =
                Split::first_positions(g[n.inputs[0]].dims, y) * static_cast<std::int64_t>(sizes.read) +
                y.product(0, y.rank() - 1) * static_cast<std::int64_t>(sizes.given);
            out.push_back({k, outcomes.size(), sizes, o.macs, per_rank, {}, 0});
        }
        outcomes.push_back(std::move(o));
    }
    return out;
}

/// How factors are found: from samples if there are any, aimed at what the layers gave before if `fit`.
struct fitting {
    const prune::calibration_options& look;
    bool fit = false;
    double damping = 0;

    [[nodiscard]] std::uint64_t seed(node_index k) const noexcept { return look.seed + k * look.samples; }
};

/// The matrix of a layer and the principal axes of its outputs.
struct decomposed {
    std::vector<double> matrix; ///< [given, read]
    std::optional<principal_axes> axes;
};

/// Decomposes the weights of node `k`, or the ones that come nearest to what it gave before.
/// @param from where what it reads, and gave, is drawn from; not used without samples
template <class Split, class T, class Layers>
[[nodiscard]] decomposed decompose(const graph<T, Layers>& g, node_index k,
                                   const prune::detail::row_sources<T, Layers>& from, const fitting& how) {
    const auto& n = g.nodes[k];
    const tensor<T>& w = *g[n.inputs[1]].reals();
    std::vector<double> weights(w.data().begin(), w.data().end());
    std::vector<double> metric;
    if (how.look.given()) {
        const auto sums = prune::detail::draw_moments(n, w, from, how.look, how.seed(k));
        const gram m = how.fit ? sums.centred() : sums.moments();
        if (how.fit && from.gives != nullptr)
            if (auto aimed = prune::fit_weights(m, weights, false, how.damping))
                weights = *std::move(aimed);
        metric = Split::metric(w.dims(), m.inputs);
    }
    const auto [read, given] = Split::sizes(w.dims());
    decomposed d{Split::matrix(w.dims(), std::move(weights)), {}};
    d.axes = principal_axes_of(output_moments(d.matrix, given, read, metric), given);
    return d;
}

template <class Layers>
[[nodiscard]] fault not_finite(const node<Layers>& n) {
    return at_node(
        fault{errc::unsupported, "a layer whose weights or inputs are not finite cannot be factorised"}, n);
}

/// The energies of every candidate's principal axes, in the network as it is.
template <class Split, class T, class Layers>
[[nodiscard]] result<void> find_energies(const graph<T, Layers>& g, std::vector<candidate>& candidates,
                                         const fitting& how) {
    sample_walk<T, Layers> walk(g);
    if (how.look.given())
        PITH_TRY(walk.take(how.look.calibration, how.look.samples));
    node_index done = 0;
    for (auto& c : candidates) {
        for (; how.look.given() && done < c.node; ++done)
            PITH_TRY(walk.run(done));
        auto d = decompose<Split>(g, c.node, prune::detail::row_sources<T, Layers>{walk}, how);
        if (!d.axes)
            return not_finite(g.nodes[c.node]);
        c.energies = std::move(d.axes->energies);
    }
    return {};
}

/// Gives the candidates their ranks, and the outcomes what they say of them.
[[nodiscard]] inline result<void> assign_ranks(std::vector<candidate>& candidates,
                                               std::vector<layer_outcome>& outcomes, std::int64_t total,
                                               double share, std::size_t multiple_of) {
    std::vector<std::vector<rank_choice>> choices;
    std::int64_t most = 0;
    for (const auto& c : candidates) {
        choices.push_back(rank_choices(c.energies, std::min(c.sizes.read, c.sizes.given), c.macs,
                                       c.macs_per_rank, multiple_of));
        most += c.macs - choices.back().back().macs;
    }
    const auto remove = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(total)));
    if (most < remove)
        return fault{errc::bad_option,
                     "the layers that can be factorised cannot lose so many multiply-adds; lower "
                     "remove_macs or multiple_of",
                     std::to_string(remove) + " of " + std::to_string(total) + " were asked for, " +
                         std::to_string(most) + " is the most"};
    const auto chosen = choose_ranks(choices, remove);
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const auto& c = choices[i][chosen[i]];
        auto& o = outcomes[candidates[i].outcome];
        candidates[i].rank = o.rank = c.rank;
        o.macs = c.macs;
        o.lost = c.error;
        if (choices[i].size() == 1)
            o.why =
                "no rank that is a multiple of " + std::to_string(multiple_of) + " has fewer multiply-adds";
        else if (c.rank == 0)
            o.why = "other layers lose less for the same multiply-adds";
    }
    return {};
}

/// `g` with two nodes in the place of every candidate that has a rank, their weights still zeros. Values keep
/// their ids.
/// @param biases the second ones get biases of their own, to be fitted
template <class Split, class T, class Layers>
[[nodiscard]] graph<T, Layers> cut_layers(graph<T, Layers> g, const std::vector<candidate>& candidates,
                                          bool biases) {
    const auto uses = uses_of(g);
    std::vector<std::size_t> rank(g.nodes.size());
    for (const auto& c : candidates)
        rank[c.node] = c.rank;
    std::vector<node<Layers>> nodes;
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        node<Layers> second = std::move(g.nodes[k]);
        if (rank[k] != 0) {
            const auto [w1, w2] = Split::dims(g[second.inputs[1]].dims, static_cast<std::int64_t>(rank[k]));
            value<T> between;
            between.name = second.name + ".between";
            between.type = g[second.outputs[0]].type;
            node<Layers> first = second;
            first.name += ".first";
            first.outputs = {g.add_value(std::move(between))};
            first.inputs = {second.inputs[0], add_constant(g, first.name + ".weights", tensor<T>(w1))};
            second.inputs[0] = first.outputs[0];
            second.inputs[1] = add_constant(g, second.name + ".second.weights", tensor<T>(w2));
            if (const auto* conv = layer_of<conv2d>(first)) {
                const auto [upper, lower] = Split::layers(*conv);
                first.layer = upper;
                second.layer = lower;
            }
            if (biases)
                own_bias(g, uses, second);
            nodes.push_back(std::move(first));
        }
        nodes.push_back(std::move(second));
    }
    g.nodes = std::move(nodes);
    return g;
}

/// Writes the factors of a layer into its two halves, the second of which is node `k`.
template <class T, class Layers>
[[nodiscard]] bool write_factors(graph<T, Layers>& g, node_index k, const candidate& c, const decomposed& d) {
    if (!d.axes)
        return false;
    const auto f = factors_of(d.matrix, c.sizes.given, c.sizes.read, *d.axes, c.rank);
    const auto write = [&](node_index at, const std::vector<double>& from) {
        std::transform(from.begin(), from.end(), g[g.nodes[at].inputs[1]].reals()->data().begin(),
                       [](double v) { return static_cast<T>(v); });
    };
    write(k - 1, f.first);
    write(k, f.second);
    return true;
}

/// The weights and the bias of node `k`, the second of two halves, that come nearest to what `from` gives.
template <class T, class Layers>
void fit_second(graph<T, Layers>& g, node_index k, const prune::detail::row_sources<T, Layers>& from,
                const fitting& how, std::uint64_t seed) {
    const auto& n = g.nodes[k];
    const auto sums = prune::detail::draw_moments(n, *g[n.inputs[1]].reals(), from, how.look, seed);
    prune::detail::write_fit(g, k, sums.centred(), how.damping);
}

/// The factors of every layer that was cut, one layer after the other, on what the network gives by then.
/// @param real the network before
/// @param g what cut_layers made of it
template <class Split, class T, class Layers>
[[nodiscard]] result<void> factorize_layers(const graph<T, Layers>& real, graph<T, Layers>& g,
                                            const std::vector<candidate>& candidates, const fitting& how) {
    sample_walk<T, Layers> before(real);
    sample_walk<T, Layers> now(g);
    const bool samples = how.look.given();
    if (samples) {
        PITH_TRY(before.take(how.look.calibration, how.look.samples));
        PITH_TRY(now.take(how.look.calibration, how.look.samples));
    }
    const auto run = [&](sample_walk<T, Layers>& walk, node_index k) {
        return samples ? walk.run(k) : result<void>{};
    };
    auto c = candidates.begin();
    for (node_index k = 0, at = 0; k < real.nodes.size(); ++k, ++at) {
        PITH_TRY(run(before, k));
        while (c != candidates.end() && (c->node < k || c->rank == 0))
            ++c;
        if (c != candidates.end() && c->node == k) {
            const prune::detail::row_sources<T, Layers> from{now, how.fit ? &before : nullptr};
            const auto d = decompose<Split>(real, k, from, how);
            if (!write_factors(g, ++at, *c, d))
                return not_finite(real.nodes[k]);
            PITH_TRY(run(now, at - 1));
            if (how.fit)
                fit_second(g, at, from, how, how.seed(k));
        }
        PITH_TRY(run(now, at));
    }
    return {};
}

} // namespace detail

template <class Split>
template <class T, class Layers>
result<void> low_rank<Split>::check(const graph<T, Layers>& g) const {
    if (!(remove_macs > 0.f && remove_macs < 1.f))
        return fault{errc::bad_option, "the share of multiply-adds to remove must be above 0 and below 1",
                     std::to_string(remove_macs)};
    if (multiple_of == 0)
        return fault{errc::bad_option, "ranks must be multiples of at least 1"};
    if (!(damping >= 0.) || !std::isfinite(damping))
        return fault{errc::bad_option, "the damping must be a number of at least 0", std::to_string(damping)};
    for (const auto& v : g.values)
        if (v.is_coded())
            return fault{errc::unsupported,
                         "layers are factorised before codes are chosen; forget the codes first", v.name};
    return prune::detail::check(look);
}

template <class Split>
template <class T, class Layers>
result<graph<T, Layers>> low_rank<Split>::operator()(graph<T, Layers> g,
                                                     std::vector<layer_outcome>& outcomes) const {
    outcomes.clear();
    PITH_TRY(check(g));
    PITH_TRY(infer_shapes(g));
    auto candidates = detail::candidates_of<Split>(g, whole, outcomes);
    const detail::fitting how{look, fits(), damping};
    PITH_TRY(detail::find_energies<Split>(g, candidates, how));
    PITH_TRY(detail::assign_ranks(candidates, outcomes, measure(g).macs, static_cast<double>(remove_macs),
                                  multiple_of));
    auto cut = detail::cut_layers<Split>(g, candidates, fits());
    PITH_TRY(infer_shapes(cut));
    PITH_TRY(detail::factorize_layers<Split>(g, cut, candidates, how));
    remove_dead(cut);
    return cut;
}

} // namespace pith::factorize

#endif
