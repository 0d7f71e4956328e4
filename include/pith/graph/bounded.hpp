// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_BOUNDED_HPP
#define PITH_GRAPH_BOUNDED_HPP
/// Counts of work that do not overflow.

#include <cstdint>
#include <limits>

namespace pith::detail {

/// Products and sums that saturate at the largest number: sizes in a file may be anything.
[[nodiscard]] constexpr std::int64_t bounded_product(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::int64_t>::max() : product;
}
[[nodiscard]] constexpr std::int64_t bounded_sum(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

} // namespace pith::detail

#endif
