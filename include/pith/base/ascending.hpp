// SPDX-License-Identifier: MIT
#ifndef PITH_BASE_ASCENDING_HPP
#define PITH_BASE_ASCENDING_HPP

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace pith {

/// The places of `keys` from the smallest key to the largest; equal keys in the order that they have.
[[nodiscard]] inline std::vector<std::size_t> ascending(std::span<const double> keys) {
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
    return order;
}

} // namespace pith

#endif
