// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_POSITIVE_NORMS_HPP
#define PITH_QUANTIZE_POSITIVE_NORMS_HPP
/// Batch normalisations whose scales are positive: folded into a layer they keep the signs of its codes, of
/// which the lowest may have no opposite.

#include <cstddef>
#include <variant>
#include <vector>

#include "../graph/graph.hpp"
#include "../graph/uses.hpp"
#include "quantization_groups.hpp"

namespace pith::quantize {

namespace detail {

template <class T>
void negate_slice(tensor<T>* t, std::size_t slice, std::size_t slices) {
    if (t == nullptr)
        return;
    const std::size_t length = t->size() / slices;
    for (std::size_t i = slice * length; i < (slice + 1) * length; ++i)
        (*t)[i] = -(*t)[i];
}

} // namespace detail

/// Turns the signs of a channel's weights, bias, running mean and scale where the scale is negative: the
/// network computes the same. Constants that several nodes read are left as they are.
template <class T, class Layers>
void make_norms_positive(graph<T, Layers>& g) {
    const auto uses = uses_of(g);
    const auto own = [&](value_id id) {
        return id != no_value && g[id].reals() != nullptr && has_one_reader(uses[id]);
    };
    for (const auto& norm : g.nodes) {
        if (layer_of<batch_norm>(norm) == nullptr || !own(norm.inputs[1]) || !own(norm.inputs[3]))
            continue;
        const auto& u = uses[norm.inputs[0]];
        if (u.producer == no_node || !has_one_reader(u))
            continue;
        const auto& n = g.nodes[u.producer];
        const bool has_bias = n.inputs.size() > 2 && n.inputs[2] != no_value;
        if (!has_weights(n.layer) || !own(n.inputs[1]) || (has_bias && !own(n.inputs[2])))
            continue;
        const tensor<T>& scale = *g[norm.inputs[1]].reals();
        const std::size_t channels = scale.size();
        if (static_cast<std::size_t>(g[n.inputs[1]].dims[0]) != channels)
            continue;
        for (std::size_t c = 0; c < channels; ++c) {
            if (!(scale[c] < T{0}))
                continue;
            for (const value_id id :
                 {n.inputs[1], has_bias ? n.inputs[2] : no_value, norm.inputs[1], norm.inputs[3]})
                detail::negate_slice(id == no_value ? nullptr : g[id].reals(), c, channels);
        }
    }
}

} // namespace pith::quantize

#endif
