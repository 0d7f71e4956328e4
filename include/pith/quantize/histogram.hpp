// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_HISTOGRAM_HPP
#define PITH_QUANTIZE_HISTOGRAM_HPP
/// histogram: the distribution of a stream of numbers in constant memory.
///
/// Bins of one width, a power of two, lie on both sides of 0. When a number does not fit, pairs of bins are
/// merged until it does; since all edges are multiples of the width, merging loses nothing: the bins depend
/// only on which numbers were seen, not on their order or on how they were cut into pieces. The width ends
/// between 1/4096 and 1/2048 of the largest magnitude, and that is the error of every threshold read from it.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pith::quantize {

class histogram {
public:
    static constexpr std::size_t bins = 4096; ///< on each side

    /// Counts numbers in.
    void observe(std::span<const float> x) {
        for (const float v : x)
            observe(v);
    }
    void observe(float v) {
        if (v == 0.f) {
            ++zeros_;
            return;
        }
        if (!std::isfinite(v)) {
            ++strange_;
            return;
        }
        auto& side = sides_[v < 0.f];
        if (side.empty())
            side.resize(bins);
        const float magnitude = std::fabs(v);
        if (magnitude >= limit_)
            grow(magnitude);
        ++side[static_cast<std::size_t>(magnitude * inverse_width_)];
        low_ = v < low_ ? v : low_;
        high_ = v > high_ ? v : high_;
    }

    /// Least and greatest number seen, 0 included.
    [[nodiscard]] float low() const noexcept { return low_; }
    [[nodiscard]] float high() const noexcept { return high_; }
    [[nodiscard]] float width() const noexcept { return width_; }
    /// Numbers that are exactly 0; they are in no bin.
    [[nodiscard]] std::uint64_t zeros() const noexcept { return zeros_; }
    /// NaN and infinities seen, otherwise ignored.
    [[nodiscard]] std::uint64_t not_finite() const noexcept { return strange_; }
    /// Counts of magnitudes in [i * width, (i + 1) * width), empty if there are none of that sign.
    [[nodiscard]] std::span<const std::uint64_t> positive() const noexcept { return sides_[0]; }
    [[nodiscard]] std::span<const std::uint64_t> negative() const noexcept { return sides_[1]; }
    /// Finite numbers seen.
    [[nodiscard]] std::uint64_t count() const noexcept {
        std::uint64_t n = zeros_;
        for (const auto& side : sides_)
            for (const auto c : side)
                n += c;
        return n;
    }
    /// Counts of both signs, without the zeros, up to the last bin that is not empty.
    [[nodiscard]] std::vector<std::uint64_t> magnitudes() const {
        std::vector<std::uint64_t> sum(bins);
        for (const auto& side : sides_)
            for (std::size_t i = 0; i < side.size(); ++i)
                sum[i] += side[i];
        while (!sum.empty() && sum.back() == 0)
            sum.pop_back();
        return sum;
    }

private:
    static constexpr int least_exponent = -120; ///< of the width: its inverse must be a normal float

    void grow(float magnitude) {
        // The least width 2^e with bins * 2^e > magnitude. (frexp: magnitude < 2^exponent, and not < half.)
        int exponent = 0;
        static_cast<void>(std::frexp(magnitude, &exponent));
        exponent -= std::countr_zero(bins);
        exponent = exponent < least_exponent ? least_exponent : exponent;
        if (limit_ > 0.f)
            merge(exponent - exponent_);
        exponent_ = exponent;
        width_ = std::ldexp(1.f, exponent);
        inverse_width_ = std::ldexp(1.f, -exponent);
        limit_ = std::ldexp(1.f, exponent) *
                 static_cast<float>(bins); // infinite at the very top: nothing is above
    }
    void merge(int halvings) {
        for (auto& side : sides_)
            for (std::size_t i = 1; i < side.size(); ++i) {
                const std::size_t target = halvings < 32 ? i >> halvings : 0;
                if (target != i) {
                    side[target] += side[i];
                    side[i] = 0;
                }
            }
    }

    std::array<std::vector<std::uint64_t>, 2> sides_; ///< positive, negative
    float width_ = 0.f;
    float inverse_width_ = 0.f;
    float limit_ = 0.f;
    int exponent_ = 0;
    float low_ = 0.f;
    float high_ = 0.f;
    std::uint64_t zeros_ = 0;
    std::uint64_t strange_ = 0;
};

} // namespace pith::quantize

#endif
