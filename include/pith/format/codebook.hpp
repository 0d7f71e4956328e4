// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_CODEBOOK_HPP
#define PITH_FORMAT_CODEBOOK_HPP
/// A codebook: at most 128 int8 levels (k-means centroids, sums of powers of two) of which the index is
/// stored.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "affine.hpp"
#include "low_bit.hpp"

namespace pith::format {

/// Kernels multiply zero + level; an element stands for scale * level.
struct codebook {
    static constexpr bool coded = true;

    std::array<std::int8_t, most_levels> levels{}; ///< the first `count` ascend
    std::uint8_t count = 0;
    std::int32_t zero = 0; ///< the code of level 0; weights have 0

    [[nodiscard]] constexpr bool is_valid() const noexcept {
        for (std::size_t i = 1; i < count && count <= most_levels; ++i)
            if (levels[i] <= levels[i - 1])
                return false;
        return count != 0 && count <= most_levels;
    }
    [[nodiscard]] constexpr unsigned bits() const noexcept {
        unsigned bits = 1;
        while (std::size_t{1} << bits < count)
            ++bits;
        return bits;
    }
    [[nodiscard]] constexpr affine_codes codes() const noexcept {
        return {zero, zero + levels[0], zero + levels[last()], 0};
    }
    [[nodiscard]] constexpr std::size_t listed() const noexcept { return count; }
    /// The nearest level; of two as near the one nearer to zero, of -n and n the latter. NaN gives the
    /// lowest.
    [[nodiscard]] constexpr std::int32_t encode(float quotient) const noexcept {
        std::size_t low = 0;
        std::size_t high = last();
        while (low < high) {
            const std::size_t k = (low + high) / 2;
            const float middle = 0.5f * static_cast<float>(levels[k] + levels[k + 1]);
            if (quotient > middle || (quotient == middle && middle <= 0.f))
                low = k + 1;
            else
                high = k;
        }
        return zero + levels[low];
    }
    /// The index of the greatest level.
    [[nodiscard]] constexpr std::size_t last() const noexcept {
        return count == 0 ? 0 : (count < most_levels ? count : most_levels) - 1;
    }
    friend constexpr bool operator==(const codebook& a, const codebook& b) noexcept {
        for (std::size_t i = 0; i <= a.last(); ++i)
            if (a.levels[i] != b.levels[i])
                return false;
        return a.count == b.count && a.zero == b.zero;
    }
};

/// The codebook of a range of integers; none unless they ascend, each within int8, and are 1 to 128.
template <class Levels>
[[nodiscard]] constexpr std::optional<codebook> codebook_of(const Levels& levels) noexcept {
    codebook c;
    for (const auto level : levels) {
        if (level < -128 || level > 127 || c.count == most_levels)
            return std::nullopt;
        c.levels[c.count++] = static_cast<std::int8_t>(level);
    }
    return c.is_valid() ? std::optional(c) : std::nullopt;
}

} // namespace pith::format

#endif
