// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_POST_TRAINING_HPP
#define PITH_QUANTIZE_POST_TRAINING_HPP
/// post_training: eight bits for the activations of a trained network, and two to eight for its weights,
/// without training: it runs on some samples, and the ranges of what is seen become codes.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/evaluate.hpp"
#include "../graph/first_last_layers.hpp"
#include "../graph/graph.hpp"
#include "../graph/measure.hpp"
#include "../graph/samples.hpp"
#include "observer.hpp"
#include "quantization_groups.hpp"
#include "uniform.hpp"

namespace pith::quantize {

using pith::sample_source;
using pith::samples_from;

/// Weights: signed codes, symmetric, per output channel or per tensor. Activations: uint8 codes, one scale
/// and zero point per tensor. Softmax and sigmoid have the code 1/256, zero 0. Biases stay real: they become
/// int32 at the scale of their layer wherever codes are computed. Fold batch normalisations first.
/// @tparam Weights a quantizer whose encodings fit int8 weights (fits_int8)
template <quantizer Weights>
struct post_training_of {
    sample_source calibration;
    std::size_t samples = 256;         ///< at most
    observer_options activations = {}; ///< how ranges are chosen
    Weights weights = {};              ///< uniform: 2 to 8 bits, symmetric
    /// Bits of the layers without another conv2d or dense before them, or without one after them, where these
    /// are more than the other layers'; these bits are uniform.
    std::uint8_t first_last_bits = 8;
    bool per_channel = true;            ///< weights
    bool outputs = true;                ///< the network's outputs have codes too
    std::vector<std::string> in_real{}; ///< conv2d and dense layers, by name, to leave in floating point
    /// What evaluating the network once may take (graph/measure.hpp); 0: what its size justifies.
    std::int64_t most_work = 0;

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

using post_training = post_training_of<uniform>;

namespace detail {

/// Softmax and sigmoid end at 1.
[[nodiscard]] inline format::affine unit_code() noexcept {
    return {1.f / 256.f, 0, 0, 255};
}

template <class T, class Layers>
[[nodiscard]] bool ends_at_one(const graph<T, Layers>& g, const value_uses& uses) {
    if (uses.producer == no_node)
        return false;
    const auto& layer = g.nodes[uses.producer].layer;
    if (const auto* u = layer_as<unary>(layer))
        return u->op == unary_op::sigmoid;
    const auto* s = layer_as<softmax>(layer);
    return s != nullptr && !s->log;
}

template <class T>
[[nodiscard]] std::span<const float> as_floats(const tensor<T>& t, std::vector<float>& scratch) {
    if constexpr (std::is_same_v<T, float>) {
        return t.data();
    } else {
        scratch.assign(t.data().begin(), t.data().end());
        return scratch;
    }
}

/// Observers of the values that set codes, fed by every sample.
/// @param run (inputs, observer): evaluates the network
template <class T, class Layers, class Options, class Run>
[[nodiscard]] result<std::vector<std::optional<range_observer>>>
observe_sources(const graph<T, Layers>& g, const quantization_groups& where, const Options& options,
                const Run& run) {
    PITH_TRY(expect_work(g, options.most_work));
    std::vector<std::optional<range_observer>> seen(g.values.size());
    const auto uses = uses_of(g);
    for (const auto& group : where.groups)
        for (const auto id : group.sources)
            if (!ends_at_one(g, uses[id]))
                seen[id].emplace(options.activations);
    std::vector<float> scratch;
    std::vector<bool> fed_once(g.values.size(), false);
    const auto watch = [&](value_id id, const tensor<T>& t) {
        if (seen[id])
            seen[id]->observe(as_floats(t, scratch));
        fed_once[id] = true;
    };
    std::size_t count = 0;
    for (; count < options.samples; ++count) {
        auto inputs = options.calibration(count);
        if (!inputs)
            break;
        const any_tensors<T> fed = pith::detail::to_scalar<T>(*std::move(inputs));
        if (const auto out = run(fed, watch); !out)
            return out.error();
    }
    if (count == 0)
        return fault{errc::missing, "post-training quantisation needs at least one calibration sample"};
    for (std::size_t id = 0; id < seen.size(); ++id)
        if (seen[id] && fed_once[id] && !seen[id]->finite())
            return fault{errc::unsupported,
                         "a value was not finite during calibration: check the normalisation of the samples",
                         g.values[id].name};
    return seen;
}

template <class T, class Layers>
[[nodiscard]] format::affine code_of(const graph<T, Layers>& g, const std::vector<value_uses>& uses,
                                     const code_group& group,
                                     const std::vector<std::optional<range_observer>>& seen) {
    range all;
    bool fixed = !group.sources.empty();
    for (const auto id : group.sources) {
        if (ends_at_one(g, uses[id])) {
            all = all | range{0.f, 255.f / 256.f};
        } else {
            all = all | seen[id]->affine_range();
            fixed = false;
        }
    }
    return fixed ? unit_code() : format::affine_from_range(all.low, all.high);
}

[[nodiscard]] inline bool all_finite(std::span<const float> x) noexcept {
    for (const float v : x)
        if (!std::isfinite(v))
            return false;
    return true;
}

/// The scale of weights below which the int32 code of a bias would come near to overflowing.
[[nodiscard]] inline float least_weight_scale(float bias, float input_scale) noexcept {
    constexpr float most = 1073741824.f; // 2^30 leaves as much again for the sum of products
    return std::fabs(bias) / (input_scale * most);
}

/// A layer's int32 bias must be far from overflowing: scales that are too fine for it are made coarser.
/// @param bias null for none
template <class T>
void make_room_for_bias(encoding& weights, const tensor<T>* bias, float input_scale) {
    for (std::size_t i = 0; bias != nullptr && i < bias->size(); ++i) {
        const float needed = least_weight_scale(static_cast<float>((*bias)[i]), input_scale);
        if (!(weights.scale(i) < needed))
            continue;
        if (weights.scales.size() == 1) { // which the other outputs keep
            weights.scales.assign(bias->size(), weights.scales[0]);
            weights.axis = 0;
        }
        weights.scales[i] = needed;
    }
}

/// Which values are weights of the nodes that are marked.
template <class T, class Layers>
[[nodiscard]] std::vector<bool> weights_of(const graph<T, Layers>& g, const std::vector<bool>& nodes) {
    std::vector<bool> read(g.values.size());
    for (node_index k = 0; k < g.nodes.size(); ++k)
        if (nodes[k] && g.nodes[k].inputs.size() > 1 && g.nodes[k].inputs[1] != no_value)
            read[g.nodes[k].inputs[1]] = true;
    return read;
}

/// The quantizer's codes, or uniform ones where these have too few bits.
template <class Q>
[[nodiscard]] encoding fit_weights(const Q& q, std::uint8_t least_bits, std::span<const float> w,
                                   std::size_t slices) {
    uniform wide;
    if constexpr (std::is_same_v<Q, uniform>)
        wide = q;
    encoding e = q.fit(w, slices);
    if (e.bits() >= least_bits)
        return e;
    wide.bits = least_bits;
    return wide.fit(w, slices);
}

/// Codes of weights and other constants, where there are none yet.
template <class T, class Layers, class Options>
[[nodiscard]] result<void> encode_constants(graph<T, Layers>& g, const quantization_groups& where,
                                            const Options& options) {
    std::vector<float> scratch;
    const uniform operand_codes{.symmetric = false};
    for (const auto id : where.operands)
        if (!g[id].is_coded())
            g[id].encoded = operand_codes.fit(as_floats(*g[id].reals(), scratch));
    const auto wide = weights_of(g, first_last_layers(g));
    for (const auto id : where.weights) {
        if (g[id].is_coded())
            continue;
        const std::span<const float> w = as_floats(*g[id].reals(), scratch);
        if (!all_finite(w))
            return fault{errc::unsupported, "weights must be finite to be quantised", g[id].name};
        const auto outputs = static_cast<std::size_t>(g[id].dims[0]);
        g[id].encoded = fit_weights(options.weights, wide[id] ? options.first_last_bits : std::uint8_t{0}, w,
                                    options.per_channel ? outputs : 1);
        if (!fits_int8(g[id].encoded, outputs))
            return fault{
                errc::bad_option,
                "the quantizer gave weights other codes than int8 ones with zero 0 and scales above 0, "
                "one or as many as there are outputs",
                g[id].name};
    }
    for (const auto& n : g.nodes)
        if (has_weights(n.layer) && n.inputs.size() > 2 && n.inputs[2] != no_value)
            if (auto& w = g[n.inputs[1]].encoded; w.is_coded() && g[n.inputs[0]].is_coded())
                make_room_for_bias(w, g[n.inputs[2]].reals(), g[n.inputs[0]].encoded.scale(0));
    return {};
}

} // namespace detail

template <quantizer Weights>
template <class T, class Layers>
result<graph<T, Layers>> post_training_of<Weights>::operator()(graph<T, Layers> g) const {
    if constexpr (std::is_same_v<Weights, uniform>)
        if (weights.bits < 2 || weights.bits > 8 || !weights.symmetric)
            return fault{errc::bad_option, "weights must have symmetric codes of 2 to 8 bits"};
    if (first_last_bits > 8)
        return fault{errc::bad_option, "the first and the last layer can have at most 8 bits"};
    if (!(activations.percent > 0. && activations.percent <= 100.))
        return fault{errc::bad_option, "the percentile to keep must be above 0 and at most 100"};
    if (!calibration || samples == 0)
        return fault{errc::bad_option, "post-training quantisation needs calibration samples"};
    const auto where = group_values(g, {.outputs = outputs, .in_real = in_real});
    if (!where)
        return where.error();
    const auto seen = detail::observe_sources(
        g, *where, *this, [&](const auto& inputs, const auto& watch) { return evaluate(g, inputs, watch); });
    if (!seen)
        return seen.error();

    const auto uses = uses_of(g);
    for (const auto& group : where->groups) {
        const auto code = detail::code_of(g, uses, group, *seen);
        for (const auto id : group.members)
            g[id].encoded = encoding::per_tensor(code);
    }
    for (const auto* list : {&where->weights, &where->operands})
        for (const auto id : *list)
            g[id].encoded = {};
    PITH_TRY(detail::encode_constants(g, *where, *this));
    return g;
}

} // namespace pith::quantize

#endif
