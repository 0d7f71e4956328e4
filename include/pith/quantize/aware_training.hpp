// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_AWARE_TRAINING_HPP
#define PITH_QUANTIZE_AWARE_TRAINING_HPP
/// Quantisation-aware training: a float network is prepared for training in codes, trained as any other
/// (train::trainer), and committed: what was learned becomes encodings that simulation and plan obey.

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

/// What a quantiser has learned, as an encoding, and the codes of x.
template <class T>
[[nodiscard]] result<encoding> learned_encoding(const train::quantized_state<T>& q, view<const T> x,
                                                view<T> codes, const std::string& name) {
    std::vector<T> scales(q.what.by->scales());
    q.what.by->forward(x, q.p, codes, scales);
    const auto levels = q.what.by->levels(q.p);
    const auto element = element_of(levels);
    if (!element)
        return fault{errc::unsupported,
                     "the levels of a quantizer must ascend, and be consecutive or at most 128 of int8",
                     name + " (" + std::to_string(levels.size()) + " levels)"};
    encoding e{*element, {}, scales.size() == 1 ? -1 : 0};
    for (const T s : scales)
        e.scales.push_back(static_cast<float>(s));
    return e;
}

/// Puts a learned encoding on the value that was trained in it; weights become what their codes stand for.
template <class T>
[[nodiscard]] result<void> attach_learned(value<T>& v, const train::quantized_state<T>& q,
                                          std::uint32_t mark) {
    const T zero{0};
    const view<const T> x = v.reals() != nullptr ? view<const T>(v.reals()->data()) : view<const T>(&zero, 1);
    std::vector<T> codes(x.size());
    auto learned = learned_encoding<T>(q, x, codes, v.name);
    if (!learned)
        return learned.error();
    v.encoded = *std::move(learned);
    v.encoded.mark = mark;
    if (v.reals() == nullptr ? !codes_of(v) : !has_weight_codes(v))
        return fault{
            errc::unsupported,
            "a learned encoding fits neither int8 weights nor uint8 activations with a scale above 0",
            v.name};
    if (v.reals() == nullptr)
        return {};
    const std::size_t slice = codes.size() / v.encoded.scales.size();
    for (std::size_t i = 0; i < codes.size(); ++i)
        (*v.reals())[i] = static_cast<T>(static_cast<float>(codes[i]) * v.encoded.scale(i / slice));
    const auto held = weight_codes(v);
    if (!std::equal(held.begin(), held.end(), codes.begin(),
                    [](std::int8_t a, T b) { return static_cast<T>(a) == b; }))
        return fault{errc::unsupported, "a quantizer gave weights a code that is not among its levels",
                     v.name};
    return {};
}

/// Whether every output's codes are those learned, or all of them with the other sign.
template <class T>
[[nodiscard]] bool has_learned_codes(const value<T>& learned, const value<T>& v) {
    if (v.reals() == nullptr || v.dims != learned.dims || !has_weight_codes(v))
        return false;
    const auto a = weight_codes(learned);
    const auto b = weight_codes(v);
    const std::size_t slice = a.size() / std::max<std::size_t>(static_cast<std::size_t>(v.dims[0]), 1);
    for (std::size_t first = 0; first < a.size(); first += slice) {
        bool same = true;
        bool turned = true;
        for (std::size_t i = first; i < first + slice; ++i) {
            same = same && a[i] == b[i];
            turned = turned && a[i] == -b[i];
        }
        if (!same && !turned)
            return false;
    }
    return true;
}

/// Every learned encoding must be on a value of the network. @param codes weights still have their codes
template <class T, class Layers>
[[nodiscard]] result<void> expect_learned(const std::vector<value<T>>& learned, const graph<T, Layers>& g,
                                          bool codes) {
    std::vector<bool> arrived(learned.size(), false);
    for (const auto& v : g.values) {
        if (v.encoded.mark == 0)
            continue;
        const value<T>& was = learned[v.encoded.mark - 1];
        const bool constant = was.reals() != nullptr;
        const bool same =
            constant ? !codes || has_learned_codes(was, v) : v.encoded.scales == was.encoded.scales;
        if (same && v.encoded.element == was.encoded.element)
            arrived[v.encoded.mark - 1] = true;
    }
    const auto lost = std::find(arrived.begin(), arrived.end(), false);
    if (lost == arrived.end())
        return {};
    const auto count = std::count(arrived.begin(), arrived.end(), false);
    return fault{
        errc::unsupported,
        "a learned encoding was lost or changed while the network was folded: a pass did not carry it",
        learned[static_cast<std::size_t>(lost - arrived.begin())].name + " (" + std::to_string(count) +
            " of " + std::to_string(arrived.size()) + " missing)"};
}

} // namespace detail

/// The network a tape has learned, normalisations folded, with the learned encodings on its weights and on
/// the values that were trained in codes, and 8 bits everywhere else: ranges are observed on the calibration
/// samples while it runs in the learned codes. Refuses when a learned encoding does not arrive.
/// @param fold the passes that fold it; they must carry encodings
template <class T, class Layers, class Fold = passes::simplify>
[[nodiscard]] result<graph<T, Layers>> commit_aware(const train::tape<T, Layers>& tape,
                                                    const post_training& rest, const Fold& fold = {}) {
    auto g = tape.network();
    std::vector<value<T>> learned;
    for (const auto& q : tape.quantized()) {
        PITH_TRY(detail::attach_learned(g[q.what.id], q, static_cast<std::uint32_t>(learned.size() + 1)));
        learned.push_back(g[q.what.id]);
    }
    auto folded = fold(std::move(g));
    if (!folded)
        return folded.error();
    PITH_TRY(detail::expect_learned(learned, *folded, true));
    auto all = complete(*std::move(folded), rest);
    if (!all)
        return all.error();
    PITH_TRY(detail::expect_learned(learned, *all, false));
    for (auto& v : all->values)
        v.encoded.mark = 0;
    return all;
}

} // namespace pith::quantize

#endif
