// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_ADAPTIVE_ROUNDING_HPP
#define PITH_QUANTIZE_ADAPTIVE_ROUNDING_HPP
/// adaptive_rounding: weights of few bits without training (AdaRound, Nagel et al. 2020). Layer by layer,
/// each weight is rounded up or down so that the layer, fed by the quantised layers before it, gives what it
/// gave in floating point.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/result.hpp"
#include "../graph/biases.hpp"
#include "../graph/graph.hpp"
#include "correct_bias.hpp"
#include "layer_rows.hpp"
#include "paired_run.hpp"
#include "round_rows.hpp"

namespace pith::quantize {

/// Wants a graph with encodings (post_training) and float masters that are not rounded yet; leaves masters
/// that lie exactly on the codes. Only weights with fewer than `below_bits`, and without levels, change;
/// those that several layers share stay.
struct adaptive_rounding {
    sample_source calibration;
    std::size_t samples = 512; ///< at most; what every layer reads is kept for all of them
    std::size_t rows = 8192;   ///< output positions a layer learns from
    rounding_options steps = {};
    std::uint8_t below_bits = 8;
    bool correct_bias = true; ///< and shift biases, as correct_bias does, before the next layer is rounded
    std::uint64_t seed = 1;

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

namespace detail {

/// New weights for node `k`, on their codes. Outputs are independent of each other: some at a time.
template <class T, class Layers>
void round_layer(graph<T, Layers>& g, node_index k, const layer_rows& rows, const output_range& range,
                 const adaptive_rounding& options) {
    constexpr std::size_t at_a_time = 16;
    const auto& n = g.nodes[k];
    auto& w = g[n.inputs[1]];
    const std::vector<float> weights(w.reals()->data().begin(), w.reals()->data().end());
    const std::vector<float> scales = weight_scales(w);
    const format::affine_codes all = w.encoded.codes();
    std::vector<float> bias(rows.outputs);
    if (const auto* b = bias_of(g, n))
        bias.assign(b->data().begin(), b->data().end());
    const std::size_t in_group = rows.outputs / rows.groups;
    const std::size_t parts = (in_group + at_a_time - 1) / at_a_time;
    parallel_for(rows.groups * parts, [&](std::size_t i) {
        const std::size_t group = i / parts;
        const std::size_t first = group * in_group + i % parts * at_a_time;
        const std::size_t count = std::min(at_a_time, (group + 1) * in_group - first);
        const rounding_task task{.rows = rows.count,
                                 .depth = rows.depth,
                                 .outputs = count,
                                 .in = rows.group(group),
                                 .target = rows.target.data() + first,
                                 .target_stride = rows.outputs,
                                 .weights = weights.data() + first * rows.depth,
                                 .scales = scales.data() + first,
                                 .bias = bias.data() + first,
                                 .lowest = all.lowest,
                                 .highest = all.highest,
                                 .low = range.low,
                                 .high = range.high};
        const auto codes = round_rows(task, options.steps, options.seed + k);
        for (std::size_t j = 0; j < codes.size(); ++j)
            if (w.sparsity.is_dense() || weights[first * rows.depth + j] != 0.f) // what is pruned stays so
                (*w.reals())[first * rows.depth + j] =
                    static_cast<T>(codes[j] * scales[first + j / rows.depth]);
    });
}

} // namespace detail

template <class T, class Layers>
result<graph<T, Layers>> adaptive_rounding::operator()(graph<T, Layers> g) const {
    const bool sensible = steps.batch > 0 && steps.rate > 0.f && steps.free_share >= 0.f &&
                          steps.free_share < 1.f && steps.first_power >= 1.f && steps.last_power >= 1.f;
    if (!calibration || samples == 0 || rows == 0 || !sensible)
        return fault{errc::bad_option,
                     "adaptive rounding needs samples, rows, a rate and powers of at least 1"};
    own_biases(g);
    const auto real = without_encodings(g);
    const auto uses = uses_of(g);
    const auto narrow = [&](node_index k) {
        const auto& e = g[g.nodes[k].inputs[1]].encoded;
        return e.bits() < below_bits && e.listed() == 0 && has_one_reader(uses[g.nodes[k].inputs[1]]);
    };
    PITH_TRY(for_each_coded_layer(
        real, g, calibration, samples, [&](const paired_run<T, Layers>& both, node_index k) {
            const auto drawn = draw_rows(both, g, k, rows, seed + k * samples);
            if (narrow(k))
                detail::round_layer(g, k, drawn, range_behind(g, both.codes.execution_at(k)), *this);
            if (correct_bias)
                detail::shift_bias(g, k, detail::mean_errors(g, k, drawn));
        }));
    return g;
}

} // namespace pith::quantize

#endif
