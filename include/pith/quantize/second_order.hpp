// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_SECOND_ORDER_HPP
#define PITH_QUANTIZE_SECOND_ORDER_HPP
/// second_order: weights of few bits without training. Layer by layer, the codes are those that, by the
/// second moments of what the quantised layers before give, bring the layer nearest to what it gave in
/// floating point. (Hassibi and Stork's "Optimal brain surgeon", 1993, on the grid of the codes.)

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../format/affine.hpp"
#include "../graph/codes.hpp"
#include "../graph/gemm.hpp"
#include "../graph/gram.hpp"
#include "../graph/graph.hpp"
#include "correct_bias.hpp"
#include "layer_rows.hpp"
#include "paired_run.hpp"
#include "post_training.hpp"
#include "round_gram.hpp"

namespace pith::quantize {

/// What became of a layer, as seen on samples that were held back: mean squared differences of its outputs,
/// behind their activation, from those in floating point.
struct rounded_layer {
    node_index node = no_node;
    double nearest = 0; ///< with the nearest codes; 0 where nothing was measured
    double found = 0;   ///< with those that were found; infinite: none were

    /// The nearest codes are kept where others are not better.
    [[nodiscard]] bool kept_nearest() const noexcept { return !(found < nearest); }
};

/// Wants a graph with encodings (post_training) and float masters that are not rounded yet; leaves masters
/// that lie exactly on the codes. Codes, scales and biases of weights with fewer than `below_bits` change;
/// weights that several layers share stay. Weights of 0 stay 0, as far as that is a code: what was pruned
/// stays pruned. Of other layers only biases change.
struct second_order {
    sample_source calibration;
    std::size_t samples = 512; ///< at most; what every layer reads is kept for all of them
    std::size_t rows = 8192;   ///< output positions that a layer looks at
    gram_rounding_options steps = {};
    std::uint8_t below_bits = 8;
    /// Weights of one output. Layers that have more keep the nearest codes: a Gram matrix is the square of
    /// that, and several are held.
    std::size_t most_depth = 8192;
    std::uint64_t seed = 1;

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        return (*this)(std::move(g), [](const rounded_layer&) {});
    }
    /// @param told (rounded_layer): of every layer whose weights were to be rounded
    template <class T, class Layers, class Told>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g, const Told& told) const;
};

namespace detail {

/// Ascending. @pre e.is_coded()
[[nodiscard]] inline std::vector<float> codes_in_use(const encoding& e) {
    std::vector<float> codes;
    const format::affine_codes all = e.codes();
    e.with_codes([&](const auto& f) {
        for (std::int32_t c = all.lowest; c <= all.highest; ++c)
            if (const auto real = static_cast<float>(c - all.zero); f.encode(real) == c)
                codes.push_back(real);
    });
    return codes;
}

/// Weights that lie on codes, and the bias that goes with them.
struct rounded_weights {
    std::vector<float> weights; ///< [outputs, depth]
    std::vector<float> scales;
    std::vector<float> bias; ///< [outputs]
};

/// The moments of node `k`, from samples taken a few at a time.
template <class T, class Layers>
[[nodiscard]] gram moments_of(const paired_run<T, Layers>& both, const graph<T, Layers>& g, node_index k,
                              std::size_t each, std::uint64_t seed, const sample_range& from) {
    constexpr std::size_t rows_at_a_time = 1024;
    const std::size_t some = std::max<std::size_t>(1, rows_at_a_time / each);
    std::optional<gram_sums> sums;
    for (std::size_t i = 0; i < from.count; i += some) {
        const auto drawn =
            draw_rows(both, g, k, each, seed, {from.first + i, std::min(some, from.count - i)});
        if (!sums)
            sums.emplace(drawn.depth, drawn.outputs, drawn.groups);
        sums->add(drawn.count, drawn.in.data(), drawn.target.data());
    }
    return sums->centred();
}

/// The bias that keeps the means of the outputs.
[[nodiscard]] inline std::vector<float> bias_for(const gram& m, const std::vector<float>& weights) {
    std::vector<float> bias(m.outputs);
    for (std::size_t o = 0; o < m.outputs; ++o) {
        const double* means = m.input_means_of(m.group_of(o));
        double b = m.output_means[o];
        for (std::size_t d = 0; d < m.depth; ++d)
            b -= static_cast<double>(weights[o * m.depth + d]) * means[d];
        bias[o] = static_cast<float>(b);
    }
    return bias;
}

[[nodiscard]] inline double mean_squared_error(const layer_rows& rows, const rounded_weights& w,
                                               const output_range& range) {
    const std::size_t in_group = rows.outputs / rows.groups;
    std::vector<float> y(rows.count * in_group);
    double sum = 0;
    for (std::size_t g = 0; g < rows.groups; ++g) {
        gemm_nt<float>({rows.count, in_group, rows.depth, rows.depth, rows.depth, in_group}, rows.group(g),
                       w.weights.data() + g * in_group * rows.depth, y.data());
        for (std::size_t r = 0; r < rows.count; ++r)
            for (std::size_t i = 0; i < in_group; ++i) {
                const std::size_t o = g * in_group + i;
                const float given = std::clamp(y[r * in_group + i] + w.bias[o], range.low, range.high);
                const float wanted = std::clamp(rows.target[r * rows.outputs + o], range.low, range.high);
                const auto e = static_cast<double>(given - wanted);
                sum += e * e;
            }
    }
    return sum / static_cast<double>(std::max<std::size_t>(1, rows.count * rows.outputs));
}

/// Codes times scales; none where there are none to be found.
template <class T>
[[nodiscard]] std::optional<rounded_weights> weights_by_moments(const value<T>& v, const gram& m,
                                                                float least_scale,
                                                                const gram_rounding_options& options) {
    const std::vector<float> weights(v.reals()->data().begin(), v.reals()->data().end());
    const std::vector<float> codes = codes_in_use(v.encoded);
    auto found = round_gram({.moments = m,
                             .weights = weights,
                             .codes = codes,
                             .scales = v.encoded.scales,
                             .least_scale = least_scale},
                            options);
    if (!found)
        return std::nullopt;
    rounded_weights w{.weights = std::move(found->codes), .scales = std::move(found->scales), .bias = {}};
    for (std::size_t i = 0; i < w.weights.size(); ++i)
        w.weights[i] *= w.scales[w.scales.size() == 1 ? 0 : i / m.depth];
    w.bias = bias_for(m, w.weights);
    return w;
}

/// Makes `w` what node `k` computes with.
template <class T, class Layers>
void commit(graph<T, Layers>& g, node_index k, rounded_weights w) {
    auto& v = g[g.nodes[k].inputs[1]];
    auto& bias = *g[g.nodes[k].inputs[2]].reals();
    std::copy(w.weights.begin(), w.weights.end(), v.reals()->data().begin());
    v.encoded.scales = std::move(w.scales);
    for (std::size_t o = 0; o < w.bias.size(); ++o)
        if (std::isfinite(w.bias[o]))
            bias[o] = static_cast<T>(w.bias[o]);
}

/// Rounds the weights of node `k`. One sample in eight, the last ones, only judges; a single one does both.
template <class T, class Layers>
[[nodiscard]] rounded_layer round_by_moments(graph<T, Layers>& g, const paired_run<T, Layers>& both,
                                             node_index k, const second_order& options) {
    const auto& n = g.nodes[k];
    const auto& v = g[n.inputs[1]];
    const std::size_t all = both.real.samples();
    const std::size_t judging = std::max<std::size_t>(1, all / 8);
    const std::size_t each = rows_of_each(both, options.rows);
    const std::uint64_t seed = options.seed + k * options.samples;
    const gram m = moments_of(both, g, k, each, seed, {0, std::max<std::size_t>(1, all - judging)});
    const auto judged = draw_rows(both, g, k, each, seed, {all - judging, judging});
    rounded_layer told{.node = k, .found = std::numeric_limits<double>::infinity()};
    if (m.rows == 0)
        return told;

    const auto range = range_behind(g, both.codes.execution_at(k));
    const tensor<T> nearest = round_to_codes(v);
    rounded_weights w{{nearest.data().begin(), nearest.data().end()}, v.encoded.scales, {}};
    w.bias = bias_for(m, w.weights);
    told.nearest = mean_squared_error(judged, w, range);
    float least_scale = 0.f;
    for (const float b : w.bias)
        least_scale = std::max(least_scale, least_weight_scale(b, g[n.inputs[0]].encoded.scale(0)));
    if (auto other = weights_by_moments(v, m, least_scale, options.steps)) {
        told.found = mean_squared_error(judged, *other, range);
        if (!told.kept_nearest())
            w = std::move(*other);
    }
    commit(g, k, std::move(w));
    return told;
}

} // namespace detail

template <class T, class Layers, class Told>
result<graph<T, Layers>> second_order::operator()(graph<T, Layers> g, const Told& told) const {
    if (!calibration || samples == 0 || rows == 0 || !(steps.damping > 0.) || !std::isfinite(steps.damping))
        return fault{errc::bad_option, "second-order rounding needs samples, rows and a damping above 0"};
    own_biases(g);
    const auto real = without_encodings(g);
    const auto uses = uses_of(g);
    PITH_TRY(for_each_coded_layer(
        real, g, calibration, samples, [&](const paired_run<T, Layers>& both, node_index k) {
            const value_id id = g.nodes[k].inputs[1];
            const bool narrow = g[id].encoded.bits() < below_bits && has_one_reader(uses[id]);
            if (narrow && g[id].dims.product(1, g[id].dims.rank()) <= static_cast<std::int64_t>(most_depth))
                return told(detail::round_by_moments(g, both, k, *this));
            const auto drawn = draw_rows(both, g, k, rows, seed + k * samples);
            detail::shift_bias(g, k, detail::mean_errors(g, k, drawn));
            if (narrow)
                told(rounded_layer{.node = k, .found = std::numeric_limits<double>::infinity()});
        }));
    return g;
}

} // namespace pith::quantize

#endif
