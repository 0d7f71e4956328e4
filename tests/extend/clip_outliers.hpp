// SPDX-License-Identifier: MIT
#ifndef MINE_CLIP_OUTLIERS_HPP
#define MINE_CLIP_OUTLIERS_HPP
/// A pass that the library does not have: weights far from the rest are clipped, so that 8-bit steps are
/// finer.

#include <algorithm>
#include <cmath>
#include <utility>

#include <pith/pith.hpp>

namespace mine {

/// Weights of every layer, clipped to `deviations` times their root mean square.
struct clip_outliers {
    float deviations = 4; ///< above 0

    template <class T, class Layers>
    pith::result<pith::graph<T, Layers>> operator()(pith::graph<T, Layers> g) const {
        if (!(deviations > 0))
            return pith::fault{pith::errc::bad_option, "clip_outliers: deviations must be above 0"};
        for (const auto& n : g.nodes) {
            if (!pith::has_weights(n.layer))
                continue;
            auto* weights = g[n.inputs[1]].reals();
            if (weights == nullptr) // made at run time
                continue;
            double sum = 0;
            for (const T w : weights->data())
                sum += static_cast<double>(w) * static_cast<double>(w);
            const auto most =
                static_cast<T>(deviations * std::sqrt(sum / static_cast<double>(weights->size())));
            for (T& w : weights->data())
                w = std::clamp(w, -most, most);
        }
        return g;
    }
};

} // namespace mine

#endif
