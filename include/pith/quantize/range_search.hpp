// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_RANGE_SEARCH_HPP
#define PITH_QUANTIZE_RANGE_SEARCH_HPP
/// Which part of a distribution should get codes: percentile, least squared error, least divergence.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../format/affine.hpp"
#include "histogram.hpp"

namespace pith::quantize {

/// Numbers outside are clipped. low <= 0 <= high.
struct range {
    float low = 0.f;
    float high = 0.f;

    [[nodiscard]] float largest() const noexcept { return high > -low ? high : -low; }
    /// The least range that holds both.
    [[nodiscard]] friend range operator|(range a, range b) noexcept {
        return {a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high};
    }
    friend bool operator==(const range&, const range&) = default;
};

/// Symmetric codes [-highest, highest] that reach `largest`; nothing to reach gives scale 1.
[[nodiscard]] inline format::affine symmetric_from_largest(float largest, std::int32_t highest) noexcept {
    const float scale = largest / static_cast<float>(highest);
    return {scale > 1e-37f ? scale : 1.f, 0, -highest, highest};
}

/// From the least to the greatest number seen.
[[nodiscard]] inline range full_range(const histogram& h) noexcept {
    return {h.low(), h.high()};
}

/// What is seen, cut to magnitudes of at most t.
[[nodiscard]] inline range cut(const histogram& h, float t) noexcept {
    return {std::max(h.low(), -t), std::min(h.high(), t)};
}

/// Cuts off magnitudes so that at least `percent` of all numbers stay inside.
[[nodiscard]] inline range percentile_range(const histogram& h, double percent) {
    const auto bins = h.magnitudes();
    std::uint64_t inside = h.zeros();
    const double wanted = percent / 100. * static_cast<double>(h.count());
    for (std::size_t i = 0; i < bins.size(); ++i) {
        inside += bins[i];
        if (static_cast<double>(inside) >= wanted)
            return cut(h, static_cast<float>(i + 1) * h.width());
    }
    return full_range(h);
}

/// Sum of (x - decode(encode(x)))^2, every number taken to be in the middle of its bin.
[[nodiscard]] inline double squared_error(const histogram& h, const format::affine& a) {
    double sum = 0;
    const auto add = [&](std::span<const std::uint64_t> side, float sign) {
        for (std::size_t i = 0; i < side.size(); ++i) {
            if (side[i] == 0)
                continue;
            const float middle = sign * (static_cast<float>(i) + 0.5f) * h.width();
            const float x = std::clamp(middle, h.low(), h.high());
            const double e = static_cast<double>(x - format::decode(a, format::encode(a, x)));
            sum += e * e * static_cast<double>(side[i]);
        }
    };
    add(h.positive(), 1.f);
    add(h.negative(), -1.f);
    return sum;
}

namespace detail {

inline constexpr int shrink_steps = 80; ///< of 1 % of the whole range each

/// The best of candidate(1), candidate(.99) ... by error; the larger one on a tie.
template <class Candidate, class Error>
[[nodiscard]] auto best_shrink(const Candidate& candidate, const Error& error) {
    auto best = candidate(1.f);
    double least = error(best);
    for (int i = 1; i < shrink_steps; ++i) {
        const auto c = candidate(1.f - 0.01f * static_cast<float>(i));
        const double e = error(c);
        if (e < least) {
            least = e;
            best = c;
        }
    }
    return best;
}

} // namespace detail

/// The range whose affine codes have the least squared error: both ends shrunk together, then each alone.
[[nodiscard]] inline range squared_error_range(const histogram& h, std::int32_t lowest,
                                               std::int32_t highest) {
    const range full = full_range(h);
    const auto error = [&](const range& r) {
        return squared_error(h, format::affine_from_range(r.low, r.high, lowest, highest));
    };
    range best = detail::best_shrink([&](float f) { return range{f * full.low, f * full.high}; }, error);
    if (full.low < 0.f && full.high > 0.f) {
        const float high = best.high;
        best = detail::best_shrink([&](float f) { return range{f * full.low, high}; }, error);
        const float low = best.low;
        best = detail::best_shrink([&](float f) { return range{low, f * full.high}; }, error);
    }
    return best;
}

/// The largest magnitude whose symmetric codes have the least squared error.
[[nodiscard]] inline float squared_error_largest(const histogram& h, std::int32_t highest) {
    const float full = full_range(h).largest();
    return detail::best_shrink([&](float f) { return f * full; },
                               [&](float t) { return squared_error(h, symmetric_from_largest(t, highest)); });
}

namespace detail {

/// Divergence of what is left of a distribution after its first `kept` bins are coded with `levels` codes,
/// from the distribution clipped to these bins; infinite when a clipped number meets an empty last bin.
/// `ahead[i]`, `entropies[i]`: sums of counts, and of count * log(count), before bin i; `filled[i]`: bins
/// before i that are not empty.
struct divergence {
    std::vector<std::uint64_t> ahead;
    std::vector<double> entropies;
    std::vector<std::uint32_t> filled;

    explicit divergence(std::span<const std::uint64_t> bins)
        : ahead(bins.size() + 1), entropies(bins.size() + 1), filled(bins.size() + 1) {
        for (std::size_t i = 0; i < bins.size(); ++i) {
            ahead[i + 1] = ahead[i] + bins[i];
            entropies[i + 1] = entropies[i] + times_log(bins[i]);
            filled[i + 1] = filled[i] + (bins[i] != 0);
        }
    }
    [[nodiscard]] static double times_log(std::uint64_t n) {
        return n == 0 ? 0. : static_cast<double>(n) * std::log(static_cast<double>(n));
    }
    [[nodiscard]] double at(std::size_t kept, std::size_t levels) const {
        const std::uint64_t last = ahead[kept] - ahead[kept - 1];
        const std::uint64_t tail = ahead.back() - ahead[kept];
        if (ahead[kept] == 0 || (last == 0 && tail != 0))
            return std::numeric_limits<double>::infinity();
        // sum P log(P / Q) with P = p / all, Q = q / inside; q spreads a cell's count over its filled bins.
        const auto all = static_cast<double>(ahead.back());
        const auto inside = static_cast<double>(ahead[kept]);
        double sum = entropies[kept - 1] + times_log(last + tail);
        for (std::size_t cell = 0; cell < levels; ++cell) {
            const std::size_t first = (cell * kept + levels - 1) / levels;
            const std::size_t end = ((cell + 1) * kept + levels - 1) / levels;
            const std::uint64_t count = ahead[end] - ahead[first];
            if (count == 0)
                continue;
            const double spread = static_cast<double>(count) / (filled[end] - filled[first]);
            const std::uint64_t weight = count + (end == kept ? tail : 0);
            sum -= static_cast<double>(weight) * std::log(spread);
        }
        return sum / all - std::log(all / inside);
    }
};

} // namespace detail

/// The cut whose codes tell least apart from the whole (Kullback and Leibler): among the ends of at least
/// `levels` bins the last of the best. Exact zeros, which every code has, do not count. The divergence does
/// not see how far clipped numbers are moved, and behind a spike it would clip everything; so at most one
/// code's share of the numbers, 1 / levels, may be clipped.
/// @param levels codes for magnitudes
[[nodiscard]] inline range divergence_range(const histogram& h, std::size_t levels) {
    const auto bins = h.magnitudes();
    if (bins.size() <= levels)
        return full_range(h);
    const detail::divergence d(bins);
    std::size_t best = bins.size();
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t kept = levels; kept <= bins.size(); ++kept) {
        if ((d.ahead.back() - d.ahead[kept]) * levels > d.ahead.back())
            continue;
        const double e = d.at(kept, levels);
        if (e <= least) {
            least = e;
            best = kept;
        }
    }
    return cut(h, static_cast<float>(best) * h.width());
}

} // namespace pith::quantize

#endif
