// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_AWARE_HPP
#define PITH_QUANTIZE_AWARE_HPP
/// Quantisation-aware training, first part: a pass puts quantisers on what is to be trained in codes. The
/// network is then trained as any other (train::fit), and committed (quantize::commit).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/edit.hpp"
#include "../graph/first_last_layers.hpp"
#include "../graph/graph.hpp"
#include "../graph/layer/pool2d.hpp"
#include "../graph/layer/unary.hpp"
#include "../graph/learned.hpp"
#include "../graph/passes/remove_identity.hpp"
#include "../graph/uses.hpp"
#include "positive_norms.hpp"
#include "quantizer_by_name.hpp"
#include "training_quantizer.hpp"

namespace pith::quantize {

/// A quantiser as a graph carries it, for a whole tensor or for each slice of its first axis.
template <class Q, class T>
class trained_by final : public learned_quantizer<T> {
public:
    /// @param slices 1, or the size of the first axis
    explicit trained_by(Q q, std::size_t slices = 1) : q_(std::move(q)), slices_(slices) {}

    [[nodiscard]] std::size_t parameters() const override { return q_.parameters() * slices_; }
    [[nodiscard]] std::size_t scales() const override { return slices_; }
    void init(std::span<const T> x, std::span<T> p) const override { init_slices(q_, x, slices_, p); }
    void forward(std::span<const T> x, std::span<const T> p, std::span<T> codes,
                 std::span<T> scales) const override {
        forward_slices(q_, x, slices_, p, codes, scales);
    }
    void backward(std::span<const T> x, std::span<const T> p, std::span<const T> codes,
                  std::span<const T> scales, std::span<T> g, std::span<T> gp) const override {
        backward_slices(q_, x, slices_, p, codes, scales, std::span<const T>(g), g, gp);
    }
    void after_update(std::span<T> x, std::span<T> p) const override {
        if (x.empty())
            q_.after_update(x, p);
        else
            after_update_slices(q_, x, slices_, p);
    }
    void adapt(double curvature, double reach, std::span<T> p) const override {
        if constexpr (requires { q_.adapt(curvature, reach, p); })
            for (std::size_t first = 0; first < p.size(); first += q_.parameters())
                q_.adapt(curvature, reach, p.subspan(first, q_.parameters()));
    }
    [[nodiscard]] std::vector<std::int16_t> levels(std::span<const T> p) const override {
        return q_.levels(p);
    }

private:
    Q q_;
    std::size_t slices_;
};

/// A quantiser of any kind as a graph carries it; none for std::monostate.
template <class T, class... Q>
[[nodiscard]] learned_codes<T> learned_by(const std::variant<Q...>& any, std::size_t slices = 1) {
    return std::visit(
        [slices](const auto& q) -> learned_codes<T> {
            using quantizer = std::remove_cvref_t<decltype(q)>;
            if constexpr (std::is_same_v<quantizer, std::monostate>)
                return {};
            else
                return {std::make_shared<trained_by<quantizer, T>>(q, slices), {}};
        },
        any);
}

namespace detail {

/// Whether a layer's weights, a constant, are to train in codes.
template <class T, class Layers>
[[nodiscard]] bool trains_in_codes(const graph<T, Layers>& g, const node<Layers>& n) {
    return has_weights(n.layer) && n.inputs[1] != no_value && g[n.inputs[1]].reals() != nullptr;
}

/// The value that layers read in codes in the place of `x`: the output of an identity node of its own.
template <class T, class Layers>
[[nodiscard]] value_id add_coded(graph<T, Layers>& g, value_id x, learned_codes<T> learned,
                                 std::vector<node<Layers>>& nodes) {
    value<T> v;
    v.name = g[x].name + ".coded";
    v.dims = g[x].dims;
    v.type = g[x].type;
    v.learned = std::move(learned);
    nodes.push_back({v.name, unary{}, {x}, {}});
    const value_id id = g.add_value(std::move(v));
    nodes.back().outputs.push_back(id);
    return id;
}

} // namespace detail

/// A pass: the inner convolutions and dense layers of a network train in codes. Their weights get a
/// quantiser, and so does what they read (an identity node in front; layers that read the same value share
/// it). The first and the last layer keep float inputs and, unless `first_last` says otherwise, float
/// weights; they get 8 bits when the network is committed. A network that was prepared and trained before is
/// prepared anew, from the float numbers it learned: so bits can be taken away step by step.
/// @tparam Weights a std::variant of quantisers that has lsq @tparam Activations likewise; std::monostate:
/// float
template <class Weights, class Activations>
struct aware_of {
    Weights weights{std::in_place_type<lsq>};
    Activations activations{std::in_place_type<lsq>}; ///< unsigned codes: behind a rectifier
    bool per_channel = false; ///< each output channel's weights have a range of their own
    std::optional<Weights>
        first_last{}; ///< of the first and the last layer's weights; none: 8 bits at the end

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        for (auto& v : g.values)
            v.learned = {};
        auto plain = passes::remove_identity{}(std::move(g));
        if (!plain)
            return plain;
        g = *std::move(plain);
        make_norms_positive(g);
        const auto outermost = first_last_layers(g);
        const auto uses = uses_of(g);
        std::vector<value_id> coded(g.values.size(), no_value);
        std::vector<node<Layers>> nodes;
        bool any = false;
        for (node_index k = 0; k < g.nodes.size(); ++k) {
            node<Layers> n = g.nodes[k];
            if (detail::trains_in_codes(g, n)) {
                any = give_weights(g[n.inputs[1]], outermost[k]) || any;
                if (!outermost[k])
                    any = give_input(g, n, uses, coded, nodes) || any;
            }
            nodes.push_back(std::move(n));
        }
        if (!any)
            return fault{errc::unsupported,
                         "there is no layer between the first and the last to train in codes"};
        g.nodes = std::move(nodes);
        return g;
    }

private:
    template <class T>
    [[nodiscard]] bool give_weights(value<T>& w, bool outermost) const {
        if (outermost && !first_last)
            return false;
        w.learned = learned_by<T>(outermost ? *first_last : weights,
                                  per_channel ? static_cast<std::size_t>(w.dims[0]) : std::size_t{1});
        return static_cast<bool>(w.learned);
    }

    /// What layers read lies behind a rectifier, so that codes need no sign.
    template <class Q>
    static void suit(Q& q, const shape& x) {
        if constexpr (requires { q.is_signed = false; })
            q.is_signed = false;
        if constexpr (requires { q.features = std::size_t{}; })
            q.features = static_cast<std::size_t>(x.elements() / std::max<std::int64_t>(x[0], 1));
    }

    [[nodiscard]] bool replaces_rectifier() const {
        return std::visit(
            [](const auto& q) {
                return requires {
                    std::remove_cvref_t<decltype(q)>::replaces_rectifier;
                };
            },
            activations);
    }
    template <class T, class Layers>
    [[nodiscard]] static value_id before_rectifier(const graph<T, Layers>& g,
                                                   const std::vector<value_uses>& uses, value_id x) {
        if (uses[x].producer == no_node)
            return x;
        const auto* made_by = layer_of<unary>(g.nodes[uses[x].producer]);
        return made_by != nullptr && made_by->op == unary_op::relu ? g.nodes[uses[x].producer].inputs[0] : x;
    }

    /// Of a value that is the maxima of what a rectifier gives: the maxima of what the rectifier reads, by a
    /// new node. Other values as they are.
    template <class T, class Layers>
    [[nodiscard]] static value_id pooled_before_rectifier(graph<T, Layers>& g,
                                                          const std::vector<value_uses>& uses, value_id x,
                                                          std::vector<node<Layers>>& nodes) {
        if (uses[x].producer == no_node)
            return x;
        node<Layers> pool = g.nodes[uses[x].producer];
        const auto* made_by = layer_of<pool2d>(pool);
        if (made_by == nullptr || made_by->op != pool_op::max)
            return x;
        const value_id before = before_rectifier(g, uses, pool.inputs[0]);
        if (before == pool.inputs[0])
            return x;
        value<T> maxima;
        maxima.name = g[x].name + ".before_rectifier";
        maxima.dims = g[x].dims;
        maxima.type = g[x].type;
        pool.name = maxima.name;
        pool.inputs[0] = before;
        pool.outputs[0] = g.add_value(std::move(maxima));
        nodes.push_back(std::move(pool));
        return nodes.back().outputs[0];
    }

    /// @param coded values in codes that were made before, by the value they stand for
    template <class T, class Layers>
    [[nodiscard]] bool give_input(graph<T, Layers>& g, node<Layers>& n, const std::vector<value_uses>& uses,
                                  std::vector<value_id>& coded, std::vector<node<Layers>>& nodes) const {
        const value_id x = replaces_rectifier() ? before_rectifier(g, uses, n.inputs[0]) : n.inputs[0];
        if (coded[x] == no_value) {
            auto by = activations;
            std::visit([&](auto& q) { suit(q, g[x].dims); }, by);
            if (auto learned = learned_by<T>(by)) {
                const value_id read = replaces_rectifier() ? pooled_before_rectifier(g, uses, x, nodes) : x;
                coded[x] = detail::add_coded(g, read, std::move(learned), nodes);
            }
        }
        if (coded[x] == no_value)
            return false;
        n.inputs[0] = coded[x];
        return true;
    }
};

/// With the library's quantisers: `aware{.weights = lsq{.bits = 4}, .activations = lsq{.bits = 4}}`.
using aware = aware_of<any_weight_quantizer, any_activation_quantizer>;

} // namespace pith::quantize

#endif
