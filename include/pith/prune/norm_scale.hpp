// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_NORM_SCALE_HPP
#define PITH_PRUNE_NORM_SCALE_HPP
/// norm_scale: channels that their batch normalisation scales to little go first (Liu et al., Network
/// Slimming, 2017).

#include <cstddef>
#include <vector>

#include "criterion.hpp"

namespace pith::prune {

/// |gamma|, summed where several normalisations are coupled. Of networks whose normalisations are not folded.
struct norm_scale {
    [[nodiscard]] result<std::vector<double>> operator()(const group_weights& g) const {
        if (g.norm_scales.empty())
            return fault{errc::unsupported, "no batch normalisation scales these channels", g.name};
        std::vector<double> scores(g.units);
        for (const auto& scales : g.norm_scales)
            for (std::size_t u = 0; u < g.units; ++u)
                scores[u] += scales[u];
        return scores;
    }
};

} // namespace pith::prune

#endif
