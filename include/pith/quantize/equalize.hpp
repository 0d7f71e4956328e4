// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_EQUALIZE_HPP
#define PITH_QUANTIZE_EQUALIZE_HPP
/// equalize: channels between two layers are scaled so that the weights on both sides have the same range
/// (cross-layer equalisation, Nagel et al., Data-Free Quantization, 2019). What the network computes stays.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/reads_rows.hpp"
#include "../graph/uses.hpp"
#include "quantization_groups.hpp"

namespace pith::quantize {

/// Two conv2d or dense layers, the second of which alone reads the first: directly, or through layers that a
/// positive factor of a channel passes unchanged (relu, leaky relu, pools).
struct equalized_pair {
    node_index first = no_node;
    node_index second = no_node;
    /// Values from the first layer's output to the second one's input.
    std::vector<value_id> between;
};

namespace detail {

/// f(s x) = s f(x), channel by channel, for every s > 0. A clip has bounds that would have to be scaled.
template <class Layers>
[[nodiscard]] bool passes_channel_factors(const Layers& layer) {
    if (role_of(layer) == layer_role::window)
        return true;
    const auto* u = layer_as<unary>(layer);
    return u != nullptr && (u->op == unary_op::relu || u->op == unary_op::leaky_relu ||
                            u->op == unary_op::identity || u->op == unary_op::abs);
}

/// Weights, and the bias if there is one, are float constants of this node alone.
template <class T, class Layers>
[[nodiscard]] bool owns_weights(const graph<T, Layers>& g, const std::vector<value_uses>& uses,
                                node_index k) {
    const auto& n = g.nodes[k];
    if (!reads_rows(n) || n.inputs.size() < 2)
        return false;
    for (std::size_t i = 1; i < n.inputs.size(); ++i) {
        const value_id id = n.inputs[i];
        if (id == no_value && i == 2)
            continue;
        if (id == no_value || g[id].reals() == nullptr || g[id].is_coded() || !has_one_reader(uses[id]))
            return false;
    }
    return true;
}

/// Channels that layer `k` reads: of a dense layer only where these are the last axis of an image or a
/// matrix.
template <class T, class Layers>
[[nodiscard]] std::size_t channels_read(const graph<T, Layers>& g, node_index k) {
    const auto& w = g[g.nodes[k].inputs[1]].dims;
    const auto* conv = layer_of<conv2d>(g.nodes[k]);
    return static_cast<std::size_t>(conv == nullptr ? w[1] : w[3] * static_cast<std::int64_t>(conv->groups));
}

/// Calls act(weight) for every weight that multiplies input channel `c` of layer `k`.
template <class T, class Layers, class Act>
void for_each_reading(graph<T, Layers>& g, node_index k, std::size_t c, const Act& act) {
    auto& w = *g[g.nodes[k].inputs[1]].reals();
    const auto* conv = layer_of<conv2d>(g.nodes[k]);
    const std::size_t groups = conv == nullptr ? 1 : conv->groups;
    const std::size_t outputs = static_cast<std::size_t>(w.dims()[0]) / groups;
    const std::size_t inputs = channels_read(g, k) / groups;
    const std::size_t slice = w.size() / (outputs * groups);
    const std::size_t group = c / inputs;
    for (std::size_t o = group * outputs; o < (group + 1) * outputs; ++o)
        for (std::size_t i = c % inputs; i < slice; i += inputs)
            act(w[o * slice + i]);
}

/// Calls act(weight) for every weight that makes output channel `c` of layer `k`.
template <class T, class Layers, class Act>
void for_each_making(graph<T, Layers>& g, node_index k, std::size_t c, const Act& act) {
    auto& w = *g[g.nodes[k].inputs[1]].reals();
    const std::size_t slice = w.size() / static_cast<std::size_t>(w.dims()[0]);
    for (std::size_t i = c * slice; i < (c + 1) * slice; ++i)
        act(w[i]);
}

} // namespace detail

/// All such pairs, in the order of their first layers. A layer can be the second of one and the first of
/// another. Sums of two paths (residual networks) end a chain.
template <class T, class Layers>
[[nodiscard]] std::vector<equalized_pair> find_equalized_pairs(const graph<T, Layers>& g) {
    const auto uses = uses_of(g);
    std::vector<equalized_pair> pairs;
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        if (!detail::owns_weights(g, uses, k))
            continue;
        equalized_pair p{k, no_node, {g.nodes[k].outputs[0]}};
        while (has_one_reader(uses[p.between.back()])) {
            const node_index reader = uses[p.between.back()].readers[0];
            const auto& n = g.nodes[reader];
            if (detail::owns_weights(g, uses, reader) && n.inputs[0] == p.between.back()) {
                p.second = reader;
                break;
            }
            if (!detail::passes_channel_factors(n.layer) || n.outputs.size() != 1)
                break;
            p.between.push_back(n.outputs[0]);
        }
        if (p.second != no_node &&
            detail::channels_read(g, p.second) == static_cast<std::size_t>(g[g.nodes[k].inputs[1]].dims[0]))
            pairs.push_back(std::move(p));
    }
    return pairs;
}

/// Run before post_training, on folded batch normalisations.
struct equalize {
    std::size_t rounds = 20;  ///< over all pairs, at most
    double settled = 2e-7;    ///< mean change of the factors below which no further round is made
    double most_factor = 1e4; ///< of one channel in one round, and its inverse the least

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        return (*this)(std::move(g), [](value_id, std::size_t, double) {});
    }
    /// @param scaled called as scaled(value, channel, factor) for every factor a channel of a value gets: for
    /// whoever keeps statistics of it
    template <class T, class Layers, class Scaled>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g, const Scaled& scaled) const {
        if (!(settled >= 0.) || !(most_factor >= 1.))
            return fault{errc::bad_option, "equalisation needs a greatest factor of at least 1"};
        const auto pairs = find_equalized_pairs(g);
        for (std::size_t round = 0; round < rounds; ++round) {
            double change = 0;
            std::size_t count = 0;
            for (const auto& p : pairs) {
                const std::size_t channels = detail::channels_read(g, p.second);
                for (std::size_t c = 0; c < channels; ++c) {
                    const double factor = factor_of(g, p, c);
                    scale(g, p, c, factor);
                    for (const auto id : p.between)
                        scaled(id, c, factor);
                    change += std::fabs(factor - 1.);
                }
                count += channels;
            }
            if (change <= settled * static_cast<double>(count))
                break;
        }
        return g;
    }

private:
    /// sqrt(range read / range made); channels without any range stay.
    template <class T, class Layers>
    [[nodiscard]] double factor_of(graph<T, Layers>& g, const equalized_pair& p, std::size_t c) const {
        double made = 0;
        double read = 0;
        detail::for_each_making(g, p.first, c, [&](const T& w) { made = larger(made, w); });
        detail::for_each_reading(g, p.second, c, [&](const T& w) { read = larger(read, w); });
        const double factor = std::sqrt(read / made);
        if (!(made > 0.) || !(read > 0.) || !std::isfinite(factor))
            return 1.;
        return std::clamp(factor, 1. / most_factor, most_factor);
    }
    template <class T>
    [[nodiscard]] static double larger(double most, T w) {
        return std::max(most, std::fabs(static_cast<double>(w)));
    }
    template <class T, class Layers>
    static void scale(graph<T, Layers>& g, const equalized_pair& p, std::size_t c, double factor) {
        detail::for_each_making(g, p.first, c,
                                [&](T& w) { w = static_cast<T>(static_cast<double>(w) * factor); });
        detail::for_each_reading(g, p.second, c,
                                 [&](T& w) { w = static_cast<T>(static_cast<double>(w) / factor); });
        const auto& in = g.nodes[p.first].inputs;
        if (in.size() > 2 && in[2] != no_value) {
            T& bias = (*g[in[2]].reals())[c];
            bias = static_cast<T>(static_cast<double>(bias) * factor);
        }
    }
};

} // namespace pith::quantize

#endif
