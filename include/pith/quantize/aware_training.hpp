// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_AWARE_TRAINING_HPP
#define PITH_QUANTIZE_AWARE_TRAINING_HPP
/// Quantisation-aware training: a float network is prepared for training in codes, trained as any other
/// (train::trainer), and committed: what was learned becomes encodings that simulation and plan obey.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../base/on_use.hpp"
#include "../base/owner.hpp"
#include "../base/result.hpp"
#include "../graph/edit.hpp"
#include "../graph/graph.hpp"
#include "../graph/outermost.hpp"
#include "../graph/passes/remove_identity.hpp"
#include "../graph/passes/simplify.hpp"
#include "../train/tape.hpp"
#include "any_quantizer.hpp"
#include "complete.hpp"
#include "levels.hpp"
#include "positive_norms.hpp"
#include "training_quantizer.hpp"

namespace pith::quantize {

/// A quantiser as the training tape calls it, on a whole tensor or on each slice of its first axis.
template <class Q, class T>
class trained_by final : public train::quantization<T> {
public:
    explicit trained_by(Q q, std::size_t slices = 1) : q_(std::move(q)), slices_(slices) {}

    [[nodiscard]] std::size_t parameters() const override { return q_.parameters() * slices_; }
    [[nodiscard]] std::size_t scales() const override { return slices_; }
    void init(view<const T> x, view<T> p) const override { init_slices(q_, x, slices_, p); }
    void forward(view<const T> x, view<const T> p, view<T> codes, view<T> scales) const override {
        forward_slices(q_, x, slices_, p, codes, scales);
    }
    void backward(view<const T> x, view<const T> p, view<const T> codes, view<const T> scales, view<T> g,
                  view<T> gp) const override {
        backward_slices(q_, x, slices_, p, codes, scales, view<const T>(g), g, gp);
    }
    void after_update(view<T> x, view<T> p) const override {
        if (x.empty())
            q_.after_update(x, p);
        else
            after_update_slices(q_, x, slices_, p);
    }
    void adapt(double curvature, double reach, view<T> p) const override {
        if constexpr (requires { q_.adapt(curvature, reach, p); })
            for (std::size_t first = 0; first < p.size(); first += q_.parameters())
                q_.adapt(curvature, reach, p.subspan(first, q_.parameters()));
    }
    [[nodiscard]] std::vector<std::int16_t> levels(view<const T> p) const override { return q_.levels(p); }

private:
    Q q_;
    std::size_t slices_;
};

/// A network whose inner convolutions and dense layers train in codes. The first and the last keep float
/// inputs and, unless they were given a quantiser of their own, float weights; they get 8 bits when the
/// network is committed.
template <class T, class Layers = layer_list>
struct aware_network {
    graph<T, Layers> network;
    std::vector<train::quantized_value<T>> quantized;
};

namespace detail {

/// Whether a layer's weights, a constant, are to train in codes.
template <class T, class Layers>
[[nodiscard]] bool trains_in_codes(const graph<T, Layers>& g, const node<Layers>& n) {
    return has_weights(n.layer) && n.inputs[1] != no_value && g[n.inputs[1]].reals() != nullptr;
}

} // namespace detail

/// Makes no quantiser: what has none trains in float.
template <class T>
struct in_float {
    shared<const train::quantization<T>> operator()(const shape&) const { return nullptr; }
};

/// Puts an identity node in front of every inner layer, whose output is what the layer reads in codes; layers
/// that read the same value share it. A network that was prepared and trained before is prepared anew, from
/// the float numbers it learned: so bits can be taken away step by step.
/// @param weights, activations make a train::quantization (or null, for float) of a value from its dims
/// @param outer makes one for the weights of the first and the last layer
template <class T, class Layers, class Weights, class Activations, class Outer = in_float<T>>
[[nodiscard]] result<aware_network<T, Layers>> prepare_aware(graph<T, Layers> g, const Weights& weights,
                                                             const Activations& activations,
                                                             const Outer& outer = {}) {
    auto plain = passes::remove_identity{}(std::move(g));
    if (!plain)
        return plain.error();
    g = *std::move(plain);
    make_norms_positive(g);
    const auto outermost = outermost_layers(g);
    aware_network<T, Layers> out;
    std::vector<value_id> coded(g.values.size(), no_value);
    std::vector<node<Layers>> nodes;
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        node<Layers> n = g.nodes[k];
        if (detail::trains_in_codes(g, n)) {
            const shape& dims = g[n.inputs[1]].dims;
            if (auto by = outermost[k] ? outer(dims) : weights(dims))
                out.quantized.push_back({n.inputs[1], std::move(by)});
            const value_id x = n.inputs[0];
            if (coded[x] == no_value && !outermost[k]) {
                if (auto by = activations(g[x].dims)) {
                    coded[x] = g.add_value({g[x].name + ".coded", g[x].dims, g[x].type, {}, {}});
                    out.quantized.push_back({coded[x], std::move(by)});
                    nodes.push_back({g[x].name + ".coded", unary{}, {x}, {coded[x]}});
                }
            }
            if (coded[x] != no_value && !outermost[k])
                n.inputs[0] = coded[x];
        }
        nodes.push_back(std::move(n));
    }
    if (out.quantized.empty())
        return fault{errc::unsupported, "there is no layer between the first and the last to train in codes"};
    g.nodes = std::move(nodes);
    out.network = std::move(g);
    return out;
}

/// A quantiser of any kind as the tape calls it; null for none.
template <class T, class... Q>
[[nodiscard]] shared<const train::quantization<T>> quantization_of(const std::variant<Q...>& any,
                                                                   std::size_t slices = 1) {
    const auto make = [slices](const auto& q) -> shared<const train::quantization<T>> {
        using quantizer = std::remove_cvref_t<decltype(q)>;
        if constexpr (std::is_same_v<quantizer, std::monostate>)
            return nullptr;
        else
            return shared_of<trained_by<quantizer, T>>(q, slices);
    };
    return std::visit(make, any);
}

/// One quantiser for the weights of all inner layers and one for what they read.
/// @tparam Weights a std::variant of quantisers that has lsq @tparam Activations likewise
template <class Weights, class Activations>
struct aware_training_of {
    Weights weights{std::in_place_type<lsq>};
    Activations activations{std::in_place_type<lsq>, lsq{.is_signed = false}};
    bool per_channel = false; ///< each output channel's weights have a range of their own
    std::optional<Weights>
        first_last{}; ///< of the first and the last layer's weights; none: 8 bits at the end

    template <class T, class Layers>
    [[nodiscard]] result<aware_network<T, Layers>> operator()(graph<T, Layers> g) const {
        const auto slices = [&](const shape& w) {
            return per_channel ? static_cast<std::size_t>(w[0]) : std::size_t{1};
        };
        return prepare_aware(
            std::move(g), [&](const shape& w) { return quantization_of<T>(weights, slices(w)); },
            [&](const shape& x) {
                auto by = activations;
                if (auto* steps = std::get_if<lsq>(&by))
                    steps->features =
                        static_cast<std::size_t>(x.elements() / std::max<std::int64_t>(x[0], 1));
                return quantization_of<T>(by);
            },
            [&](const shape& w) {
                return first_last ? quantization_of<T>(*first_last, slices(w)) : in_float<T>{}(w);
            });
    }
};

using aware_training = aware_training_of<any_weight_quantizer, any_activation_quantizer>;

namespace detail {

/// What a tape learned about one constant, before normalisations are folded into it.
struct learned_codes {
    std::string name; ///< of the weights
    std::vector<std::int32_t> codes;
    affine_encoding encoded; ///< levels, bits and bounds; scales come with the folding
};

template <class = on_use>
[[nodiscard]] inline affine_encoding encoding_of(std::vector<std::int16_t> levels) {
    affine_encoding e;
    e.bits = std::max<std::uint8_t>(index_bits(levels), 1);
    e.lowest = levels.front();
    e.highest = levels.back();
    if (!consecutive(levels))
        e.levels = std::move(levels);
    return e;
}

/// Codes and scales as of now.
template <class T>
[[nodiscard]] learned_codes codes_now(const train::quantized_state<T>& q, tensor<T>& weights) {
    std::vector<T> codes(weights.size());
    std::vector<T> scales(q.what.by->scales());
    q.what.by->forward(weights.data(), q.p, codes, scales);
    learned_codes out;
    out.encoded = encoding_of(q.what.by->levels(q.p));
    const std::size_t slice = codes.size() / scales.size();
    for (std::size_t i = 0; i < codes.size(); ++i) {
        out.codes.push_back(static_cast<std::int32_t>(codes[i]));
        weights[i] = codes[i] * scales[i / slice];
    }
    return out;
}

/// Codes 0 to the highest level of an activation.
template <class T>
[[nodiscard]] affine_encoding activation_now(const train::quantized_state<T>& q) {
    const T zero{0};
    T code{0};
    T scale{1};
    q.what.by->forward({&zero, 1}, q.p, {&code, 1}, {&scale, 1});
    affine_encoding e = encoding_of(q.what.by->levels(q.p));
    e.scales = {static_cast<float>(scale)};
    e.zeros = {0};
    return e;
}

/// Weights of folded layers are scale * code still, the scale now one per output channel. A normalisation
/// that turns a channel's sign turns its codes; a level that has no opposite goes to the nearest.
template <class T>
void restore_codes(value<T>& v, const learned_codes& l) {
    tensor<T>& w = *v.reals();
    const auto channels = static_cast<std::size_t>(v.dims[0]);
    const std::size_t slice = w.size() / channels;
    affine_encoding e = l.encoded;
    e.axis = 0;
    e.zeros.assign(channels, 0);
    e.scales.assign(channels, 1.f);
    for (std::size_t c = 0; c < channels; ++c) {
        std::size_t most = c * slice;
        for (std::size_t i = c * slice; i < (c + 1) * slice; ++i)
            if (std::abs(l.codes[i]) > std::abs(l.codes[most]))
                most = i;
        const double ratio =
            l.codes[most] != 0 ? static_cast<double>(w[most]) / static_cast<double>(l.codes[most]) : 0.;
        const float scale = static_cast<float>(std::abs(ratio));
        e.scales[c] = scale > 1e-30f ? scale : 1e-30f;
        for (std::size_t i = c * slice; i < (c + 1) * slice; ++i) {
            const std::int32_t code = ratio < 0 ? -l.codes[i] : l.codes[i];
            const auto clipped = e.encode(c, static_cast<float>(code) * e.scales[c]);
            w[i] = static_cast<T>(static_cast<float>(clipped) * e.scales[c]);
        }
    }
    v.encoded = std::move(e);
}

} // namespace detail

/// The network a tape has learned, normalisations folded, with the learned encodings on its weights and on
/// the values that were trained in codes, and 8 bits everywhere else: ranges are observed on the calibration
/// samples while it runs in the learned codes.
template <class T, class Layers>
[[nodiscard]] result<graph<T, Layers>> commit_aware(const train::tape<T, Layers>& tape,
                                                    const post_training& rest) {
    auto g = tape.network();
    std::vector<detail::learned_codes> learned;
    for (const auto& q : tape.quantized()) {
        auto& v = g[q.what.id];
        if (v.reals() != nullptr) {
            learned.push_back(detail::codes_now(q, *v.reals()));
            learned.back().name = v.name = "coded " + std::to_string(learned.size()) + " " + v.name;
        } else {
            v.encoded = detail::activation_now(q);
        }
    }
    auto folded = passes::simplify{}(std::move(g));
    if (!folded)
        return folded.error();
    for (auto& v : folded->values)
        for (const auto& l : learned)
            if (v.name == l.name) {
                detail::restore_codes(v, l);
                v.name = v.name.substr(v.name.find(' ', 6) + 1);
                break;
            }
    return complete(*std::move(folded), rest);
}

} // namespace pith::quantize

#endif
