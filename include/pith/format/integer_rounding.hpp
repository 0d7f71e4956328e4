// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_INTEGER_ROUNDING_HPP
#define PITH_FORMAT_INTEGER_ROUNDING_HPP
/// What the float formulas of requantize.hpp give, by integers alone, for processors without floating point.
///
/// Fixed-point numbers stand for the exact products and sums. A float formula rounds once or twice more, by
/// less than a bound that is known: a number at least that far from the middle between two integers is
/// rounded to the same integer. Nearer to the middle (one number in some thousands) the answer is "none", and
/// the float formula decides.

#include <bit>
#include <cstdint>
#include <optional>

#include "../base/config.hpp"

namespace pith::format::integer {

/// floor(a * b / 2^32), by at most two more. @pre b >= 0 @tparam Wide the processor multiplies 32 by 32 bits
/// to 64: otherwise four multiplications of 16 bits, of which the smallest is left out, are quicker
template <bool Wide>
[[nodiscard]] PITH_ALWAYS_INLINE constexpr std::int32_t high_product(std::int32_t a,
                                                                     std::int32_t b) noexcept {
    if constexpr (Wide) {
        return static_cast<std::int32_t>((static_cast<std::int64_t>(a) * b) >> 32);
    } else {
        const std::int32_t a_high = a >> 16, a_low = a & 0xFFFF;
        const std::int32_t b_high = b >> 16, b_low = b & 0xFFFF;
        return a_high * b_high + ((a_high * b_low) >> 16) + ((a_low * b_high) >> 16);
    }
}

/// Of a number with `Bits` fractional bits: the nearest integer, or none within `Margin` of the middle
/// between two, 2^Bits being one. @pre value + 2^Bits does not overflow
template <int Bits, std::int32_t Margin>
[[nodiscard]] PITH_ALWAYS_INLINE constexpr std::optional<std::int32_t> nearest(std::int32_t value) noexcept {
    constexpr std::int32_t one = std::int32_t{1} << Bits;
    const std::int32_t moved = value + one / 2 + Margin;
    if ((moved & (one - 1)) <= 2 * Margin)
        return std::nullopt;
    return moved >> Bits;
}

/// The integer that (float)acc * factor rounds to, or one of the same sign beyond 255; none when that is not
/// certain.
///
/// factor = m * 2^(e - 150) with 2^23 <= m < 2^24. With 104 <= e <= 134 the product times 2^21 is
/// (acc * 2^(e - 104)) * (m * 2^7) / 2^32. Its first operand leaves 31 bits only where |acc * factor| >= 256;
/// elsewhere it is below 512, where the float rule's two roundings move it by less than 2^-14 = 128 units,
/// and high_product is less than 3 units low.
template <bool Wide>
[[nodiscard]] PITH_ALWAYS_INLINE constexpr std::optional<std::int32_t>
rounded_product(std::int32_t acc, float factor) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(factor);
    const std::uint32_t shift = (bits >> 23) - 104; // wraps, and is large for negative factors
    if (shift > 30)
        return std::nullopt;
    const auto left = static_cast<std::int32_t>(static_cast<std::uint32_t>(acc) << shift);
    if (left >> shift != acc)
        return acc < 0 ? -256 : 256;
    const auto mantissa = static_cast<std::int32_t>((bits << 8 | 0x80000000u) >> 1);
    return nearest<21, 160>(high_product<Wide>(left, mantissa));
}

/// Codes times factors plus an offset, as fma(a, ra, fma(b, rb, offset)) rounds it.
///
/// Numbers have 19 fractional bits. With |ra|, |rb| < 4, |offset| < 1024 and codes of at most 255 the sum is
/// below 3064; rounding ra, rb and offset moves it by at most 256 units, and the float rule's two roundings
/// by 2^-14 + 2^-13 = 96.
class rounded_sum {
public:
    /// Of factors of any size; those that are too large make every sum uncertain.
    constexpr rounded_sum(float ra, float rb, float offset) noexcept
        : fits_(below(ra, 129) && below(rb, 129) && below(offset, 137)) {
        if (fits_) {
            ra_ = fixed(ra);
            rb_ = fixed(rb);
            offset_ = fixed(offset);
        }
    }

    /// None when it is not certain. @pre |a|, |b| <= 255
    [[nodiscard]] constexpr std::optional<std::int32_t> operator()(std::int32_t a,
                                                                   std::int32_t b) const noexcept {
        if (!fits_)
            return std::nullopt;
        return nearest<bits, 384>(a * ra_ + b * rb_ + offset_);
    }

private:
    static constexpr int bits = 19;

    /// |v| < 2^(exponent - 127); false for NaN
    [[nodiscard]] static constexpr bool below(float v, std::uint32_t exponent) noexcept {
        return (std::bit_cast<std::uint32_t>(v) >> 23 & 255) < exponent;
    }
    /// Nearest of v * 2^bits. @pre |v| < 2^10
    [[nodiscard]] static constexpr std::int32_t fixed(float v) noexcept {
        const auto word = std::bit_cast<std::uint32_t>(v);
        const std::int32_t right = 150 - bits - static_cast<std::int32_t>(word >> 23 & 255);
        const std::uint32_t m = (word & 0x7FFFFF) | 0x800000;
        std::uint32_t size = 0;
        if (right <= 0)
            size = m << -right;
        else if (right <= 24)
            size = (m + (std::uint32_t{1} << (right - 1))) >> right;
        return word >> 31 != 0 ? -static_cast<std::int32_t>(size) : static_cast<std::int32_t>(size);
    }

    bool fits_;
    std::int32_t ra_ = 0;
    std::int32_t rb_ = 0;
    std::int32_t offset_ = 0;
};

} // namespace pith::format::integer

#endif
