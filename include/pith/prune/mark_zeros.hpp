// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_MARK_ZEROS_HPP
#define PITH_PRUNE_MARK_ZEROS_HPP
/// mark_zeros: the zeros that a model came with count as pruned weights.

#include <algorithm>
#include <string>

#include "sparse_layers.hpp"

namespace pith::prune {

/// For models that another tool pruned: model files say nothing about it. Layers with that share of zeros are
/// marked as sparse (format::sparsity::free), so that their zeros survive training and are left out of
/// programs. Layers that are marked already keep their pattern.
struct mark_zeros {
    float at_least = 0.25f; ///< share of a layer's weights, (0, 1]
    dense_layers dense{.first_last = false, .depth_below = 0};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

template <class T, class Layers>
result<graph<T, Layers>> mark_zeros::operator()(graph<T, Layers> g) const {
    if (!(at_least > 0.f && at_least <= 1.f))
        return fault{errc::bad_option, "the share of zeros to mark must be above 0 and at most 1",
                     std::to_string(at_least)};
    for (const auto k : sparse_layers(g, dense)) {
        auto& v = g[g.nodes[k].inputs[1]];
        const auto w = v.reals()->data();
        const auto zeros = static_cast<double>(std::count(w.begin(), w.end(), T{0}));
        if (v.sparsity.is_dense() && zeros >= static_cast<double>(at_least) * static_cast<double>(w.size()))
            v.sparsity = format::sparsity::free();
    }
    return g;
}

} // namespace pith::prune

#endif
