// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_NORM_STATISTICS_HPP
#define PITH_QUANTIZE_NORM_STATISTICS_HPP
/// What batch normalisations tell of a network's values without any sample: behind one, channel c has mean
/// beta[c] and deviation |gamma[c]| (Nagel et al., Data-Free Quantization, 2019).

#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../graph/graph.hpp"
#include "../graph/reads_rows.hpp"
#include "../graph/uses.hpp"

namespace pith::quantize {

/// Of one channel, taken to be normal.
struct channel_moments {
    double mean = 0;
    double variance = 0;
};

/// One entry per channel; empty: nothing is known.
using value_moments = std::vector<channel_moments>;

/// Values by name: passes that fold normalisations keep the names of what these gave.
struct norm_statistics {
    struct entry {
        std::string name;
        value_moments channels;
    };
    std::vector<entry> entries;

    /// Or null.
    [[nodiscard]] const value_moments* find(const std::string& name) const noexcept {
        for (const auto& e : entries)
            if (e.name == name)
                return &e.channels;
        return nullptr;
    }
    /// Channel `c` of a value was multiplied by `factor` (equalize tells which).
    void scale(const std::string& name, std::size_t c, double factor) {
        for (auto& e : entries)
            if (e.name == name && c < e.channels.size()) {
                e.channels[c].mean *= factor;
                e.channels[c].variance *= factor * factor;
            }
    }
};

/// Read off a network whose normalisations are still there.
template <class T, class Layers>
[[nodiscard]] norm_statistics statistics_of_norms(const graph<T, Layers>& g) {
    norm_statistics s;
    for (const auto& n : g.nodes) {
        if (layer_of<batch_norm>(n) == nullptr || n.inputs.size() != 5)
            continue;
        const auto* gamma = g[n.inputs[1]].reals();
        const auto* beta = g[n.inputs[2]].reals();
        if (gamma == nullptr || beta == nullptr || gamma->size() != beta->size())
            continue;
        value_moments m;
        for (std::size_t c = 0; c < gamma->size(); ++c) {
            const auto deviation = static_cast<double>((*gamma)[c]);
            m.push_back({static_cast<double>((*beta)[c]), deviation * deviation});
        }
        s.entries.push_back({g[n.outputs[0]].name, std::move(m)});
    }
    return s;
}

/// Of clamp(x, low, high), x normal.
[[nodiscard]] inline channel_moments clipped(const channel_moments& x, double low, double high) {
    const double deviation = std::sqrt(x.variance);
    if (!(deviation > 0.)) {
        const double m = x.mean < low ? low : x.mean > high ? high : x.mean;
        return {m, 0.};
    }
    // An infinite bound is never met: neither it nor its density counts.
    struct bound {
        double below = 0;   ///< probability of less
        double density = 0; ///< of the standard normal
        double at = 0;
    };
    const auto bound_at = [&](double b) -> bound {
        if (std::isinf(b))
            return {b > 0 ? 1. : 0., 0., 0.};
        const double z = (b - x.mean) / deviation;
        return {0.5 * std::erfc(-z / std::numbers::sqrt2),
                std::exp(-0.5 * z * z) / std::sqrt(2. * std::numbers::pi), b};
    };
    const bound a = bound_at(low);
    const bound b = bound_at(high);
    const double inside = b.below - a.below;
    const double above = 1. - b.below;
    const double mean = a.at * a.below + b.at * above + x.mean * inside + deviation * (a.density - b.density);
    const double square = a.at * a.at * a.below + b.at * b.at * above +
                          (x.mean * x.mean + x.variance) * inside +
                          deviation * ((a.at + x.mean) * a.density - (b.at + x.mean) * b.density);
    const double variance = square - mean * mean;
    return {mean, variance > 0. ? variance : 0.};
}

namespace detail {

/// Of a conv2d or dense layer whose inputs are independent and the same at every tap.
template <class T, class Layers>
[[nodiscard]] value_moments moments_behind_weights(const graph<T, Layers>& g, const node<Layers>& n,
                                                   const value_moments& in) {
    const auto* w = g[n.inputs[1]].reals();
    const auto* conv = layer_of<conv2d>(n);
    const bool has_bias = n.inputs.size() > 2 && n.inputs[2] != no_value;
    if (w == nullptr || w->dims()[0] == 0 || (has_bias && g[n.inputs[2]].reals() == nullptr))
        return {};
    const auto outputs = static_cast<std::size_t>(w->dims()[0]);
    const auto channels = static_cast<std::size_t>(w->dims().back());
    const std::size_t groups = conv == nullptr ? 1 : conv->groups;
    if (in.size() != channels * groups)
        return {};
    const std::size_t slice = w->size() / outputs;
    value_moments out(outputs);
    for (std::size_t o = 0; o < outputs; ++o) {
        out[o].mean = has_bias ? static_cast<double>((*g[n.inputs[2]].reals())[o]) : 0.;
        for (std::size_t i = 0; i < slice; ++i) {
            const auto weight = static_cast<double>((*w)[o * slice + i]);
            const channel_moments& x = in[o / (outputs / groups) * channels + i % channels];
            out[o].mean += weight * x.mean;
            out[o].variance += weight * weight * x.variance;
        }
    }
    return out;
}

template <class T, class Layers>
[[nodiscard]] value_moments moments_behind(const graph<T, Layers>& g, const node<Layers>& n,
                                           const std::vector<value_moments>& known) {
    const value_moments& in = known[n.inputs[0]];
    if (in.empty())
        return {};
    if (reads_rows(n))
        return moments_behind_weights(g, n, in);
    value_moments out = in;
    if (const auto* u = layer_of<unary>(n)) {
        const bool relu = u->op == unary_op::relu;
        if (!relu && u->op != unary_op::clip && u->op != unary_op::identity)
            return {};
        for (auto& m : out)
            if (u->op != unary_op::identity)
                m = clipped(m, relu ? 0. : u->alpha,
                            relu ? std::numeric_limits<double>::infinity() : u->beta);
        return out;
    }
    if (const auto* sum = layer_of<binary>(n)) {
        const value_moments& other = known[n.inputs[1]];
        if (sum->op != binary_op::add || other.size() != in.size())
            return {};
        for (std::size_t c = 0; c < out.size(); ++c)
            out[c] = {in[c].mean + other[c].mean, in[c].variance + other[c].variance};
        return out;
    }
    const auto* pool = layer_of<pool2d>(n);
    const bool average = pool != nullptr && pool->op == pool_op::average;
    const shape& to = g[n.outputs[0]].dims;
    const bool flat =
        layer_of<reshape>(n) != nullptr && to.rank() > 0 && to.back() == g[n.inputs[0]].dims.back();
    return average || flat ? out : value_moments{};
}

} // namespace detail

/// The moments of every value, one entry each: those in the statistics, and what follows from them through
/// sums, relu, clip, average pools and layers with weights. Of inputs nothing is known.
/// @pre shapes are inferred
template <class T, class Layers>
[[nodiscard]] std::vector<value_moments> propagate_moments(const graph<T, Layers>& g,
                                                           const norm_statistics& statistics) {
    std::vector<value_moments> known(g.values.size());
    for (const auto& n : g.nodes) {
        if (n.inputs.empty() || n.inputs[0] == no_value || n.outputs.size() != 1 || n.outputs[0] == no_value)
            continue;
        const auto* given = statistics.find(g[n.outputs[0]].name);
        known[n.outputs[0]] = given != nullptr ? *given : detail::moments_behind(g, n, known);
    }
    return known;
}

} // namespace pith::quantize

#endif
