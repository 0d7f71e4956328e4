// SPDX-License-Identifier: MIT
#ifndef PITH_SEARCH_BIT_PLAN_HPP
#define PITH_SEARCH_BIT_PLAN_HPP
/// Weights of a width per layer: a plan that a search writes and that gives the same bytes each time it is
/// followed.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/samples.hpp"
#include "../quantize/observer.hpp"
#include "../quantize/post_training.hpp"
#include "../quantize/second_order.hpp"

namespace pith::search {

/// Bits of the weights of a layer: 2 to 8.
struct layer_bits {
    std::string layer;
    std::uint8_t bits = 8;
    friend bool operator==(const layer_bits&, const layer_bits&) = default;
};
using bit_plan = std::vector<layer_bits>;

/// What quantisation looks at.
struct quantize_options {
    sample_source calibration;
    std::size_t samples = 512; ///< at most
    quantize::observer activations = quantize::observer::minmax;
};

namespace detail {

/// Eight-bit activations, and weights of `bits` in every layer; not rounded yet.
template <class T, class Layers>
[[nodiscard]] result<graph<T, Layers>> encoded(const graph<T, Layers>& g, const quantize_options& o,
                                               std::uint8_t bits) {
    return quantize::post_training{.calibration = o.calibration,
                                   .samples = o.samples,
                                   .activations = {.kind = o.activations},
                                   .weights = {.bits = bits, .observed = {.kind = quantize::observer::mse}},
                                   .first_last_bits = bits}(g);
}

/// The weights that a layer reads, where codes stand on them.
template <class T, class Layers>
[[nodiscard]] value_id coded_weights(const graph<T, Layers>& g, const node<Layers>& n) {
    if (!has_weights(n.layer) || n.inputs.size() < 2 || n.inputs[1] == no_value)
        return no_value;
    const auto& v = g[n.inputs[1]];
    return v.reals() != nullptr && v.encoded.is_coded() ? n.inputs[1] : no_value;
}

/// The encodings of all widths, fitted once.
template <class T, class Layers>
class widths {
public:
    static constexpr std::uint8_t least = 2, most = 8;

    /// @param wanted the widths to fit; 8 always is
    [[nodiscard]] static result<widths> fit(const graph<T, Layers>& g, const quantize_options& o,
                                            const std::vector<std::uint8_t>& wanted) {
        widths w;
        auto base = encoded(g, o, most);
        if (!base)
            return base.error();
        w.base_ = *std::move(base);
        w.by_bits_.resize(most + 1);
        for (const auto bits : wanted) {
            if (bits < least || bits > most)
                return fault{errc::bad_option, "weights have 2 to 8 bits", std::to_string(bits)};
            if (bits == most || !w.by_bits_[bits].empty())
                continue;
            const auto other = encoded(g, o, bits);
            if (!other)
                return other.error();
            for (const auto& v : other->values)
                w.by_bits_[bits].push_back(v.encoded);
        }
        return w;
    }
    /// All weights in eight bits.
    [[nodiscard]] const graph<T, Layers>& base() const noexcept { return base_; }
    /// Gives the weights `id` that width. @pre it was fitted
    void narrow(graph<T, Layers>& g, value_id id, std::uint8_t bits) const {
        g[id].encoded = bits == most ? base_[id].encoded : by_bits_[bits][id];
    }

private:
    graph<T, Layers> base_;
    std::vector<std::vector<encoding>> by_bits_; ///< of all values
};

} // namespace detail

/// A pass: quantises a simplified float network, the weights of each layer in the plan in that layer's bits,
/// all others in eight, rounded by quantize::second_order. A layer that is not there, or that runs in
/// floating point, is refused by name.
struct follow_plan {
    bit_plan plan;
    quantize_options options;

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(const graph<T, Layers>& g) const {
        std::vector<std::uint8_t> wanted;
        for (const auto& l : plan)
            wanted.push_back(l.bits);
        const auto fitted = detail::widths<T, Layers>::fit(g, options, wanted);
        if (!fitted)
            return fitted.error();
        graph<T, Layers> out = fitted->base();
        for (const auto& l : plan) {
            value_id id = no_value;
            for (const auto& n : out.nodes)
                id = n.name == l.layer ? detail::coded_weights(out, n) : id;
            if (id == no_value)
                return fault{errc::missing, "the network has no layer of that name with quantised weights",
                             l.layer};
            fitted->narrow(out, id, l.bits);
        }
        return quantize::second_order{.calibration = options.calibration,
                                      .samples = options.samples}(std::move(out));
    }
};

} // namespace pith::search

#endif
