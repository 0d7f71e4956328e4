// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_OBSERVER_HPP
#define PITH_QUANTIZE_OBSERVER_HPP
/// Watching a stream of activations to choose their range, in constant memory; the answer does not depend on
/// the order of the stream or on how it is cut into pieces.

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "histogram.hpp"
#include "range_search.hpp"

namespace pith::quantize {

/// How the range of a value is found from what was observed.
enum class observer : std::uint8_t {
    minmax,     ///< all that was seen
    percentile, ///< all but the largest 0.01 % of magnitudes
    mse,        ///< the least squared error
    entropy,    ///< the least Kullback-Leibler divergence
};

/// @return nothing if there is no observer of that name
[[nodiscard]] inline std::optional<observer> observer_named(std::string_view name) noexcept {
    if (name == "minmax")
        return observer::minmax;
    if (name == "percentile")
        return observer::percentile;
    if (name == "mse")
        return observer::mse;
    if (name == "entropy")
        return observer::entropy;
    return std::nullopt;
}

struct observer_options {
    observer kind = observer::minmax;
    double percent = 99.99; ///< kept by observer::percentile
};

/// Watches a value over the calibration samples and gives its range.
class range_observer {
public:
    explicit range_observer(observer_options options = {}) : options_(options) {}

    /// Takes in what the value is for one sample.
    void observe(std::span<const float> x) {
        if (options_.kind != observer::minmax) {
            seen_.observe(x);
            return;
        }
        for (const float v : x) {
            extremes_.low = v < extremes_.low ? v : extremes_.low;
            extremes_.high = v > extremes_.high ? v : extremes_.high;
            strange_ += std::isnan(v) ? 1u : 0u;
        }
    }

    /// False once a NaN or an infinity was seen.
    [[nodiscard]] bool finite() const noexcept {
        return strange_ == 0 && seen_.not_finite() == 0 && std::isfinite(extremes_.high - extremes_.low);
    }
    /// The range that affine codes [lowest, highest] should cover.
    [[nodiscard]] range affine_range(std::int32_t lowest = 0, std::int32_t highest = 255) const {
        switch (options_.kind) {
        case observer::percentile:
            return percentile_range(seen_, options_.percent);
        case observer::mse:
            return squared_error_range(seen_, lowest, highest);
        case observer::entropy:
            return divergence_range(seen_, magnitude_levels(highest - lowest + 1));
        case observer::minmax:
            break;
        }
        return extremes_;
    }
    /// The largest magnitude that symmetric codes [-highest, highest] should reach.
    [[nodiscard]] float symmetric_largest(std::int32_t highest) const {
        switch (options_.kind) {
        case observer::mse:
            return squared_error_largest(seen_, highest);
        case observer::entropy:
            return divergence_range(seen_, static_cast<std::size_t>(highest) + 1).largest();
        case observer::minmax:
        case observer::percentile:
            break;
        }
        return affine_range().largest();
    }

private:
    /// Codes for magnitudes: half of them where there are two signs.
    [[nodiscard]] std::size_t magnitude_levels(std::int32_t codes) const noexcept {
        const bool both = seen_.low() < 0.f && seen_.high() > 0.f;
        return static_cast<std::size_t>(both ? codes / 2 : codes);
    }

    observer_options options_;
    histogram seen_;
    range extremes_;
    std::uint64_t strange_ = 0;
};

} // namespace pith::quantize

#endif
