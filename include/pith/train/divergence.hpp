// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_DIVERGENCE_HPP
#define PITH_TRAIN_DIVERGENCE_HPP
/// When a training has diverged, and the fault that says so.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>

#include "../base/result.hpp"

namespace pith::train {

/// Where a training stands. Orders and changes of images depend on it and the seed alone.
struct position {
    std::uint64_t epoch = 0;
    std::uint64_t batch = 0; ///< of the epoch
    std::uint64_t step = 0;  ///< updates so far

    friend bool operator==(const position&, const position&) = default;
};

/// Whether there is neither an infinity nor a NaN.
template <class T>
[[nodiscard]] bool all_finite(std::span<const T> x) noexcept {
    return std::all_of(x.begin(), x.end(), [](T v) { return std::isfinite(v); });
}

/// Whether the loss of a batch is beyond what any network recovers from: ten thousand times that of the first
/// batch, or 10,000 where the first one's was less than 1.
[[nodiscard]] constexpr bool has_exploded(double loss, double first_loss) noexcept {
    return loss > 1e4 * (first_loss > 1 ? first_loss : 1);
}

namespace detail {

/// @param what the number that gave the training away @param value of it, where there is one to show
/// @param at the batch it was seen in @param rate the highest learning rate of the training
[[nodiscard]] inline fault diverged(const char* what, std::optional<double> value, const position& at,
                                    double rate) {
    char number[32] = "not finite";
    if (value && std::isnan(*value))
        std::snprintf(number, sizeof number, "NaN"); // printf writes a sign before some
    else if (value)
        std::snprintf(number, sizeof number, "%.3g", *value);
    char where[fault::where_capacity];
    std::snprintf(where, sizeof where,
                  "%s became %s in epoch %llu, batch %llu, at learning rate %.3g; try %.3g", what, number,
                  static_cast<unsigned long long>(at.epoch) + 1,
                  static_cast<unsigned long long>(at.batch) + 1, rate, rate / 2);
    return {errc::diverged,
            "the training diverged; try a lower learning rate, or images scaled to a mean of 0 and a "
            "deviation of 1",
            where};
}

} // namespace detail

} // namespace pith::train

#endif
