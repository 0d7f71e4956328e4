// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_LEARNED_HPP
#define PITH_TRAIN_LEARNED_HPP
/// Which constants of a graph are learned, and what part they play.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../graph/graph.hpp"
#include "backward.hpp"
#include "layer_training.hpp"

namespace pith::train {

/// A constant of the graph that training changes.
struct learned_constant {
    value_id id = no_value;
    role kind = role::weight;
};

/// The constants that are learned unless one says otherwise: weights and biases of convolutions, dense layers
/// and matrix products, scales and offsets of batch normalisations, slopes of prelu.
template <class T, class Layers>
[[nodiscard]] std::vector<learned_constant> learned_constants(const graph<T, Layers>& g) {
    std::vector<learned_constant> out;
    const auto take = [&](const auto& n, std::size_t i, role kind) {
        if (i >= n.inputs.size() || n.inputs[i] == no_value || g[n.inputs[i]].reals() == nullptr)
            return;
        for (const auto& o : out)
            if (o.id == n.inputs[i])
                return;
        out.push_back({n.inputs[i], kind});
    };
    for (const auto& n : g.nodes) {
        const auto inputs =
            with_training(n.layer, [](const auto& layer, auto training) { return training.learned(layer); });
        for (const auto& i : inputs)
            take(n, i.input, i.kind);
    }
    return out;
}

} // namespace pith::train

#endif
