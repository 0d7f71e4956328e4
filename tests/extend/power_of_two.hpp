// SPDX-License-Identifier: MIT
#ifndef MINE_POWER_OF_TWO_HPP
#define MINE_POWER_OF_TWO_HPP
/// A quantizer that the library does not have: weights are signed powers of two (Zhou et al., "Incremental
/// network quantization", 2017), a codebook of the library's.

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <pith/pith.hpp>

namespace mine {

/// `powers` magnitudes 1, 2, 4, ... of each sign, and 0; the greatest is that of the weights.
struct power_of_two {
    int powers = 3; ///< 1 to 7

    pith::encoding fit(std::span<const float> x, std::size_t slices) const {
        std::vector<int> levels{0};
        for (int i = 0; i < powers; ++i) {
            levels.insert(levels.begin(), -(1 << i));
            levels.push_back(1 << i);
        }
        pith::encoding e{pith::format::codebook_of(levels).value(), {}, slices == 1 ? -1 : 0};
        const std::size_t length = x.size() / slices;
        for (std::size_t first = 0; first < x.size(); first += length) {
            float most = 1e-6F;
            for (const float v : x.subspan(first, length))
                most = std::max(most, std::fabs(v));
            e.scales.push_back(most / static_cast<float>(levels.back()));
        }
        return e;
    }
};

} // namespace mine

#endif
