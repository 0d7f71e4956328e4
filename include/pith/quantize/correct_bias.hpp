// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_CORRECT_BIAS_HPP
#define PITH_QUANTIZE_CORRECT_BIAS_HPP
/// correct_bias: rounded weights shift the mean of what a layer gives; its bias takes that back (Nagel et
/// al., Data-Free Quantization, 2019), as measured on samples, layer by layer.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/biases.hpp"
#include "../graph/codes.hpp"
#include "../graph/gemm.hpp"
#include "../graph/graph.hpp"
#include "layer_rows.hpp"
#include "paired_run.hpp"

namespace pith::quantize {

/// Wants a graph with encodings (post_training); changes biases, and scales if asked to.
struct correct_bias {
    sample_source calibration;
    std::size_t samples = 512; ///< at most; what every layer reads is kept for all of them
    std::size_t rows = 16384;  ///< output positions of a layer that the means are taken of
    /// Every output's scale too, so that its variance is the float network's: what a batch normalisation that
    /// was folded would do if its statistics were measured anew. Codes stay; masters become codes times
    /// scales.
    bool scales = false;
    std::uint64_t seed = 1;

    /// The float masters of `g` itself are what its outputs should be.
    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        const auto reference = g;
        return (*this)(std::move(g), reference);
    }
    /// @param reference the same network before its weights were rounded
    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g,
                                                      const graph<T, Layers>& reference) const;
};

namespace detail {

[[nodiscard]] inline double variance_of(const float* x, std::size_t count, std::size_t stride) {
    double mean = 0;
    for (std::size_t i = 0; i < count; ++i)
        mean += static_cast<double>(x[i * stride]);
    mean /= static_cast<double>(count);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += (static_cast<double>(x[i * stride]) - mean) * (static_cast<double>(x[i * stride]) - mean);
    return sum / static_cast<double>(count);
}

/// Per output: the mean of what the layer gives with its weights' codes, less what it should.
template <class T, class Layers>
[[nodiscard]] std::vector<double> mean_errors(const graph<T, Layers>& g, node_index k,
                                              const layer_rows& rows) {
    const auto& n = g.nodes[k];
    const tensor<T> w = round_to_codes(g[n.inputs[1]]);
    const tensor<T>* bias = bias_of(g, n);
    std::vector<double> errors(rows.outputs);
    if (rows.count == 0)
        return errors;
    for (std::size_t r = 0; r < rows.count; ++r)
        for (std::size_t o = 0; o < rows.outputs; ++o)
            errors[o] -= static_cast<double>(rows.target[r * rows.outputs + o]);
    std::vector<double> mean(rows.depth);
    const std::size_t in_group = rows.outputs / rows.groups;
    for (std::size_t group = 0; group < rows.groups; ++group) {
        std::fill(mean.begin(), mean.end(), 0.);
        for (std::size_t r = 0; r < rows.count; ++r)
            for (std::size_t d = 0; d < rows.depth; ++d)
                mean[d] += static_cast<double>(rows.group(group)[r * rows.depth + d]);
        for (std::size_t o = group * in_group; o < (group + 1) * in_group; ++o)
            for (std::size_t d = 0; d < rows.depth; ++d)
                errors[o] += mean[d] * static_cast<double>(w[o * rows.depth + d]);
    }
    for (std::size_t o = 0; o < rows.outputs; ++o) {
        errors[o] /= static_cast<double>(rows.count);
        errors[o] += bias != nullptr ? static_cast<double>((*bias)[o]) : 0.;
    }
    return errors;
}

/// Multiplies the scales of node `k` so that the variances of its outputs, given these rows, are the
/// targets'. Layers with one scale for all outputs stay.
template <class T, class Layers>
void restore_variances(graph<T, Layers>& g, node_index k, const layer_rows& rows) {
    auto& weights = g[g.nodes[k].inputs[1]];
    auto& e = weights.encoded;
    if (e.scales.size() != rows.outputs || rows.count < 2)
        return;
    tensor<T> w = round_to_codes(weights);
    const std::vector<float> values(w.data().begin(), w.data().end());
    std::vector<float> y(rows.count);
    for (std::size_t o = 0; o < rows.outputs; ++o) {
        const float* in = rows.group(o / (rows.outputs / rows.groups));
        gemm_nt<float>({rows.count, 1, rows.depth, rows.depth, rows.depth, 1}, in,
                       values.data() + o * rows.depth, y.data());
        const double given = variance_of(y.data(), rows.count, 1);
        const double wanted = variance_of(rows.target.data() + o, rows.count, rows.outputs);
        const double factor = std::clamp(std::sqrt(wanted / given), 0.5, 2.);
        if (!(given > 0.) || !std::isfinite(factor))
            continue;
        const float before = e.scales[o];
        e.scales[o] = static_cast<float>(static_cast<double>(before) * factor);
        for (std::size_t i = o * rows.depth; i < (o + 1) * rows.depth; ++i)
            w[i] = static_cast<T>(std::nearbyint(values[i] / before) * e.scales[o]);
    }
    *weights.reals() = std::move(w);
}

/// Takes `errors` from the bias of node `k`. @pre the node's bias, if it has one, is nobody else's
template <class T, class Layers>
void shift_bias(graph<T, Layers>& g, node_index k, const std::vector<double>& errors) {
    tensor<T>& bias = *g[g.nodes[k].inputs[2]].reals();
    for (std::size_t o = 0; o < errors.size(); ++o)
        if (std::isfinite(errors[o]))
            bias[o] = static_cast<T>(static_cast<double>(bias[o]) - errors[o]);
}

} // namespace detail

template <class T, class Layers>
result<graph<T, Layers>> correct_bias::operator()(graph<T, Layers> g,
                                                  const graph<T, Layers>& reference) const {
    if (!calibration || samples == 0 || rows == 0)
        return fault{errc::bad_option, "bias correction needs calibration samples and rows"};
    if (reference.nodes.size() != g.nodes.size())
        return fault{errc::bad_option,
                     "bias correction needs the same network before its weights were rounded"};
    own_biases(g);
    auto real = without_encodings(reference);
    own_biases(real);
    if (real.values.size() != g.values.size())
        return fault{errc::bad_option,
                     "bias correction needs the same network before its weights were rounded"};
    const auto uses = uses_of(g);
    PITH_TRY(for_each_coded_layer(real, g, calibration, samples,
                                  [&](const paired_run<T, Layers>& both, node_index k) {
                                      const auto drawn = draw_rows(both, g, k, rows, seed + k * samples);
                                      if (scales && has_one_reader(uses[g.nodes[k].inputs[1]]))
                                          detail::restore_variances(g, k, drawn);
                                      detail::shift_bias(g, k, detail::mean_errors(g, k, drawn));
                                  }));
    return g;
}

} // namespace pith::quantize

#endif
