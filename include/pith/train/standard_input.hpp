// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_STANDARD_INPUT_HPP
#define PITH_TRAIN_STANDARD_INPUT_HPP
/// Images scaled inside the network while it is trained.
///
/// The gradient of a first layer's weights grows with its inputs while weights that suit such inputs shrink:
/// with pixels of 0 to 255 a learning rate that suits the other layers is some ten thousand times too high
/// for the first. Batch normalisation behind that layer takes the scale away; where there is none, the images
/// are brought to a mean of 0 and a deviation of 1 in front of it, and what did that is drawn into its
/// weights when they are learned.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/edit.hpp"
#include "../graph/graph.hpp"
#include "../graph/uses.hpp"
#include "batches.hpp"
#include "learned.hpp"

namespace pith::train {

/// Of all numbers of all images.
struct image_statistics {
    double mean = 0;
    double deviation = 1;

    /// Near enough to 0 and 1 for any first layer, as images are that were normalised by the numbers of
    /// another data set.
    [[nodiscard]] bool standard() const noexcept {
        return std::fabs(mean) <= 1 && deviation >= 1. / 3 && deviation <= 3;
    }
};

/// @param most images to look at, evenly spread
template <image_source D>
[[nodiscard]] image_statistics statistics_of(const D& data, std::size_t most = 4096) {
    const std::size_t count = std::min<std::size_t>(data.size(), most);
    std::vector<float> image(static_cast<std::size_t>(data.dims().elements()));
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < count; ++i) {
        data.image(i * data.size() / count, image);
        for (const float x : image) {
            sum += static_cast<double>(x);
            squares += static_cast<double>(x) * static_cast<double>(x);
        }
    }
    const double n = static_cast<double>(std::max<std::size_t>(count * image.size(), 1));
    return {sum / n, std::sqrt(std::max(squares / n - sum / n * (sum / n), 0.))};
}

namespace detail {

/// The convolution or dense layer that alone reads value `x`, reshaped or not, if its weights are its own and
/// no batch normalisation follows; else no_node.
template <class T, class Layers>
[[nodiscard]] node_index plain_reader(const graph<T, Layers>& g, const std::vector<value_uses>& uses,
                                      value_id x) {
    while (has_one_reader(uses[x])) {
        const node_index k = uses[x].readers[0];
        const auto& n = g.nodes[k];
        if (layer_of<reshape>(n) != nullptr) {
            x = n.outputs[0];
            continue;
        }
        if ((layer_of<conv2d>(n) == nullptr && layer_of<dense>(n) == nullptr) || n.inputs[0] != x)
            return no_node;
        for (std::size_t i = 1; i < n.inputs.size(); ++i)
            if (n.inputs[i] != no_value &&
                (g[n.inputs[i]].reals() == nullptr || uses[n.inputs[i]].readers.size() != 1))
                return no_node;
        for (const node_index reader : uses[n.outputs[0]].readers)
            if (layer_of<batch_norm>(g.nodes[reader]) != nullptr)
                return no_node;
        return k;
    }
    return no_node;
}

/// Whether a constant added to all that a layer reads is a constant added to its bias.
template <class Layers>
[[nodiscard]] bool takes_offset(const node<Layers>& n) {
    const auto* conv = layer_of<conv2d>(n);
    const bool padded = conv != nullptr && std::ranges::any_of(conv->pads, [](auto p) { return p != 0; });
    return !padded && n.inputs.size() > 2 && n.inputs[2] != no_value;
}

} // namespace detail

/// Puts (x - mean) * factor between the network's input and its first layer, and draws it into that layer.
/// Both nodes' numbers are constants of the network, so that a checkpoint holds them.
struct standard_input {
    image_statistics images{};

    /// Whether the network's first layer and its images allow it.
    template <class T, class Layers>
    [[nodiscard]] bool wanted(const graph<T, Layers>& g) const {
        return !images.standard() && std::isfinite(images.mean) && std::isfinite(images.deviation) &&
               images.deviation > 0 && g.inputs.size() == 1 &&
               detail::plain_reader(g, uses_of(g), g.inputs[0]) != no_node;
    }

    /// The first two nodes of what comes back scale the images. @pre wanted(g)
    template <class T, class Layers>
    [[nodiscard]] graph<T, Layers> insert(graph<T, Layers> g) const {
        const value_id x = g.inputs[0];
        const auto& first = g.nodes[detail::plain_reader(g, uses_of(g), x)];
        const double mean = detail::takes_offset(first) ? images.mean : 0;
        const double size = std::hypot(images.deviation, images.mean - mean);
        const auto computed = [&](const char* name) {
            value<T> v;
            v.name = name;
            v.dims = g[x].dims;
            return g.add_value(std::move(v));
        };
        const auto scalar = [&](const char* name, double number) {
            tensor<T> t(shape{1});
            t[0] = static_cast<T>(number);
            return add_constant(g, name, std::move(t));
        };
        const value_id centred = computed("centred images");
        const value_id scaled = computed("standard images");
        replace_uses(g, x, scaled);
        g.nodes.insert(
            g.nodes.begin(),
            {{"centre images", binary{binary_op::sub}, {x, scalar("mean of images", mean)}, {centred}},
             {"scale images",
              binary{binary_op::mul},
              {centred, scalar("factor of images", 1 / size)},
              {scaled}}});
        return g;
    }

    /// The network as it was before insert(), with weights that take the images as they are.
    /// @pre g came out of insert()
    template <class T, class Layers>
    [[nodiscard]] static graph<T, Layers> fold(graph<T, Layers> g) {
        const auto number = [&](std::size_t k) {
            return static_cast<double>((*g[g.nodes[k].inputs[1]].reals())[0]);
        };
        const double mean = number(0);
        const double factor = number(1);
        const value_id x = g.nodes[0].inputs[0];
        const value_id scaled = g.nodes[1].outputs[0];
        scale_weights(g, g.nodes[detail::plain_reader(g, uses_of(g), scaled)], factor, mean);
        g.nodes.erase(g.nodes.begin(), g.nodes.begin() + 2);
        replace_uses(g, scaled, x);
        remove_dead(g);
        return g;
    }

private:
    /// W ((x - mean) factor) + b = (factor W) x + b - mean factor sum W.
    template <class T, class Layers>
    static void scale_weights(graph<T, Layers>& g, const node<Layers>& n, double factor, double mean) {
        auto& weights = *g[n.inputs[1]].reals();
        const auto outputs = static_cast<std::size_t>(weights.dims()[0]);
        const std::size_t row = weights.size() / outputs;
        for (std::size_t o = 0; o < outputs; ++o) {
            double sum = 0;
            for (std::size_t i = o * row; i < (o + 1) * row; ++i) {
                sum += static_cast<double>(weights[i]);
                weights[i] = static_cast<T>(static_cast<double>(weights[i]) * factor);
            }
            if (mean != 0) {
                auto& bias = (*g[n.inputs[2]].reals())[o];
                bias = static_cast<T>(static_cast<double>(bias) - mean * factor * sum);
            }
        }
    }
};

} // namespace pith::train

#endif
