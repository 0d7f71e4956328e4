// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_FPGM_HPP
#define PITH_PRUNE_FPGM_HPP
/// fpgm: filters near the others of their layer go first, since those can stand in for them (He et al.,
/// Filter Pruning via Geometric Median, 2019).

#include <cmath>
#include <cstddef>
#include <vector>

#include "criterion.hpp"

namespace pith::prune {

/// The sum of the distances to all filters of the layer.
struct fpgm {
    [[nodiscard]] result<std::vector<double>> operator()(const group_weights& g) const {
        return detail::mean_over_makers(g, [](const layer_slices& s, std::size_t r) {
            double sum = 0;
            for (std::size_t other = 0; other < s.rows; ++other) {
                double square = 0;
                for (std::size_t i = 0; i < s.columns; ++i) {
                    const double d = s.row(r)[i] - s.row(other)[i];
                    square += d * d;
                }
                sum += std::sqrt(square);
            }
            return sum;
        });
    }
};

} // namespace pith::prune

#endif
