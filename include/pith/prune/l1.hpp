// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_L1_HPP
#define PITH_PRUNE_L1_HPP
/// l1: filters of small weights go first (Li et al., Pruning Filters for Efficient ConvNets, 2017).

#include <cmath>
#include <cstddef>
#include <vector>

#include "criterion.hpp"

namespace pith::prune {

/// The sum of |w|.
struct l1 {
    [[nodiscard]] result<std::vector<double>> operator()(const group_weights& g) const {
        return detail::mean_over_makers(g, [](const layer_slices& s, std::size_t r) {
            double sum = 0;
            for (std::size_t i = 0; i < s.columns; ++i)
                sum += std::fabs(s.row(r)[i]);
            return sum;
        });
    }
};

} // namespace pith::prune

#endif
