// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_SMALL_FLOAT_HPP
#define PITH_FORMAT_SMALL_FLOAT_HPP
/// Floating point types of 16, 8 and 4 bits: their codes, rounded to the nearest, ties to even. float16 as in
/// IEEE 754; float8 as in "FP8 Formats for Deep Learning" (Micikevicius et al., 2022) and, with "uz", "8-bit
/// Numerical Formats for Deep Neural Networks" (Noune et al., 2022); float4 and float8e8m0 as in the OCP
/// Microscaling Formats 1.0. Where values do not fit, ONNX's Cast decides.

#include <bit>
#include <cstdint>

#include "dtype.hpp"

namespace pith::format {

/// How a conversion to float8e8m0 chooses between two powers of two.
enum class scale_rounding : std::uint8_t { up, down, nearest };

namespace detail {

/// Which codes are no finite numbers.
enum class specials : std::uint8_t {
    ieee,          ///< those of the greatest exponent
    last,          ///< the last one is NaN
    negative_zero, ///< minus zero is NaN
    none,
};

struct float_layout {
    std::int32_t exponent_bits;
    std::int32_t mantissa_bits;
    std::int32_t bias;
    specials special;
};

[[nodiscard]] constexpr float_layout layout_of(dtype t) noexcept {
    switch (t) {
    case dtype::f16:
        return {5, 10, 15, specials::ieee};
    case dtype::bf16:
        return {8, 7, 127, specials::ieee};
    case dtype::f8e4m3fn:
        return {4, 3, 7, specials::last};
    case dtype::f8e4m3fnuz:
        return {4, 3, 8, specials::negative_zero};
    case dtype::f8e5m2:
        return {5, 2, 15, specials::ieee};
    case dtype::f8e5m2fnuz:
        return {5, 2, 16, specials::negative_zero};
    default:
        return {2, 1, 1, specials::none}; // float4e2m1
    }
}

/// The code with this exponent and mantissa, without sign, of every bit set.
[[nodiscard]] constexpr std::uint32_t all_ones(const float_layout& l) noexcept {
    return (1U << (l.exponent_bits + l.mantissa_bits)) - 1;
}
[[nodiscard]] constexpr std::uint32_t sign_bit(const float_layout& l) noexcept {
    return 1U << (l.exponent_bits + l.mantissa_bits);
}
/// The greatest finite number's code.
[[nodiscard]] constexpr std::uint32_t greatest_code(const float_layout& l) noexcept {
    if (l.special == specials::ieee)
        return all_ones(l) - (1U << l.mantissa_bits);
    return all_ones(l) - (l.special == specials::last ? 1U : 0U);
}
[[nodiscard]] constexpr std::uint32_t infinity_code(const float_layout& l) noexcept {
    return greatest_code(l) + 1; // of specials::ieee
}
/// NaN of the sign given; float4 has none, and minus zero stands for it.
[[nodiscard]] constexpr std::uint32_t nan_code(const float_layout& l, std::uint32_t sign) noexcept {
    if (l.special == specials::negative_zero || l.special == specials::none)
        return sign_bit(l);
    if (l.special == specials::last || l.mantissa_bits == 2) // all NaNs of a float8 are written alike
        return sign | all_ones(l);
    return sign | infinity_code(l) | 1U << (l.mantissa_bits - 1);
}

[[nodiscard]] constexpr double power_of_two(std::int32_t exponent) noexcept {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52); // of normal numbers
}

/// The magnitude's code, which may lie beyond the greatest one. @param bits of a finite double, no sign
[[nodiscard]] constexpr std::uint64_t nearest_code(const float_layout& l, std::uint64_t bits) noexcept {
    const auto exponent = static_cast<std::int32_t>(bits >> 52) - 1023;
    const std::int32_t least = 1 - l.bias;
    const std::int32_t kept = exponent < least ? least : exponent;
    const std::int32_t shift = 52 - l.mantissa_bits + (kept - exponent);
    if (shift > 54) // below half of the smallest number
        return 0;
    const std::uint64_t whole = (bits & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1} << 52;
    const std::uint64_t rest = whole & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    std::uint64_t code = whole >> shift;
    code += rest > half || (rest == half && (code & 1) != 0) ? 1 : 0;
    return code + (static_cast<std::uint64_t>(kept + l.bias - 1) << l.mantissa_bits);
}

} // namespace detail

/// A power of two's code: its exponent + 127; a tie goes up. The sign is ignored, what is below 2^-127 is
/// taken for it, infinities and NaN give NaN (255), as does a number that is rounded beyond 2^127 unless
/// `saturate`.
[[nodiscard]] constexpr std::uint32_t encode_scale(double x, scale_rounding rounding = scale_rounding::up,
                                                   bool saturate = true) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const auto exponent = static_cast<std::int32_t>(bits >> 52 & 0x7FF);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    if (exponent == 0x7FF)
        return 0xFF;
    std::int32_t code = exponent - 1023 + 127;
    if (code < 0)
        return 0;
    if (rounding == scale_rounding::up)
        code += fraction != 0 ? 1 : 0;
    else if (rounding == scale_rounding::nearest)
        code += fraction >= std::uint64_t{1} << 51 ? 1 : 0;
    return code < 0xFF ? static_cast<std::uint32_t>(code) : saturate ? 0xFE : 0xFF;
}

/// The code nearest to `x`, ties to even. float16 and bfloat16 overflow to infinity, float4 to its greatest
/// number, as float8 does if `saturate`; else float8 overflows to infinity, or to NaN where it has none.
/// @pre t is a floating point type of at most 16 bits
[[nodiscard]] constexpr std::uint32_t encode_float(dtype t, double x, bool saturate = true) noexcept {
    if (t == dtype::f8e8m0)
        return encode_scale(x, scale_rounding::up, saturate);
    const detail::float_layout l = detail::layout_of(t);
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const std::uint64_t magnitude = bits & ~(std::uint64_t{1} << 63);
    const std::uint32_t sign = (bits >> 63) != 0 ? detail::sign_bit(l) : 0;
    constexpr std::uint64_t infinity = std::uint64_t{0x7FF} << 52;
    if (magnitude > infinity)
        return detail::nan_code(l, sign);
    const std::uint64_t code = magnitude == infinity ? ~std::uint64_t{0} : detail::nearest_code(l, magnitude);
    if (code <= detail::greatest_code(l))
        return code == 0 && l.special == detail::specials::negative_zero
                   ? 0
                   : sign | static_cast<std::uint32_t>(code);
    if (bits_of(t) == 4 || (bits_of(t) == 8 && saturate))
        return sign | detail::greatest_code(l);
    if (l.special == detail::specials::ieee)
        return sign | detail::infinity_code(l);
    return detail::nan_code(l, sign);
}

/// The number of a code, exactly. @pre t is a floating point type of at most 16 bits, code has no more
[[nodiscard]] constexpr double decode_float(dtype t, std::uint32_t code) noexcept {
    constexpr std::uint64_t infinity = std::uint64_t{0x7FF} << 52;
    constexpr std::uint64_t quiet = infinity | std::uint64_t{1} << 51;
    if (t == dtype::f8e8m0)
        return code == 0xFF ? std::bit_cast<double>(quiet)
                            : detail::power_of_two(static_cast<std::int32_t>(code) - 127);
    const detail::float_layout l = detail::layout_of(t);
    const bool negative = (code & detail::sign_bit(l)) != 0;
    const std::uint32_t magnitude = code & detail::all_ones(l);
    const std::uint64_t sign = negative ? std::uint64_t{1} << 63 : 0;
    if (l.special == detail::specials::negative_zero && negative && magnitude == 0)
        return std::bit_cast<double>(quiet);
    if (magnitude > detail::greatest_code(l))
        return std::bit_cast<double>(
            sign | (l.special == detail::specials::ieee && magnitude == detail::infinity_code(l) ? infinity
                                                                                                 : quiet));
    const std::uint32_t exponent = magnitude >> l.mantissa_bits;
    const std::uint32_t fraction = magnitude & ((1U << l.mantissa_bits) - 1);
    const std::uint32_t whole = exponent == 0 ? fraction : fraction | 1U << l.mantissa_bits;
    const auto scale = static_cast<std::int32_t>(exponent == 0 ? 1 : exponent) - l.bias - l.mantissa_bits;
    const double x = static_cast<double>(whole) * detail::power_of_two(scale);
    return negative ? -x : x;
}

/// The number of type `t` nearest to `x`: what is left of it in an element of that type. Types of 32 and more
/// bits leave it as it is.
template <class T>
[[nodiscard]] constexpr T round_float(dtype t, T x, bool saturate = true) noexcept {
    if (!is_floating(t) || bits_of(t) > 16)
        return x;
    return static_cast<T>(decode_float(t, encode_float(t, static_cast<double>(x), saturate)));
}

} // namespace pith::format

#endif
