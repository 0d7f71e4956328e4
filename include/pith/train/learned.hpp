// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_LEARNED_HPP
#define PITH_TRAIN_LEARNED_HPP
/// Which constants of a graph are learned, and what part they play.

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>
#include <vector>

#include "../graph/graph.hpp"

namespace pith::train {

/// The layer if it is of kind L; null too where the list of kinds does not have L.
template <class L, class... Kinds>
[[nodiscard]] const L* kind_if(const std::variant<Kinds...>& layer) noexcept {
    if constexpr ((std::is_same_v<L, Kinds> || ...))
        return std::get_if<L>(&layer);
    else
        return nullptr;
}

/// What a parameter is, for optimisers that treat kinds differently. `range`: what a quantiser learns.
enum class role : std::uint8_t { weight, bias, norm_scale, norm_offset, slope, range };

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
        const auto* b = kind_if<binary>(n.layer);
        if (kind_if<conv2d>(n.layer) != nullptr || kind_if<dense>(n.layer) != nullptr) {
            take(n, 1, role::weight);
            take(n, 2, role::bias);
        } else if (kind_if<batch_norm>(n.layer) != nullptr) {
            take(n, 1, role::norm_scale);
            take(n, 2, role::norm_offset);
        } else if (kind_if<matmul>(n.layer) != nullptr) {
            take(n, 0, role::weight);
            take(n, 1, role::weight);
        } else if (b != nullptr && b->op == binary_op::prelu) {
            take(n, 1, role::slope);
        }
    }
    return out;
}

} // namespace pith::train

#endif
