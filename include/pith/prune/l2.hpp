// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_L2_HPP
#define PITH_PRUNE_L2_HPP
/// l2: filters of small Euclidean norm go first.

#include <cmath>
#include <cstddef>
#include <vector>

#include "criterion.hpp"

namespace pith::prune {

/// The root of the sum of w^2.
struct l2 {
    [[nodiscard]] result<std::vector<double>> operator()(const group_weights& g) const {
        return detail::mean_over_makers(g, [](const layer_slices& s, std::size_t r) {
            double sum = 0;
            for (std::size_t i = 0; i < s.columns; ++i)
                sum += s.row(r)[i] * s.row(r)[i];
            return std::sqrt(sum);
        });
    }
};

} // namespace pith::prune

#endif
