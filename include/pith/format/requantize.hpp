// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_REQUANTIZE_HPP
#define PITH_FORMAT_REQUANTIZE_HPP
/// The one place where sums become codes. Every kernel, and the simulation of a quantised network, uses these
/// formulas; they are ONNX Runtime's (optimisation level "all"), so whole networks agree with it bit for bit.
///
/// All arithmetic is IEEE single precision, or gives the same bits by integers (integer_rounding.hpp). Where
/// a multiplication and an addition must be rounded separately they are kept apart by an operation between
/// them, and where they must be fused std::fma is called, so that the bits do not depend on whether the
/// compiler contracts.

#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "../base/config.hpp"
#include "integer_rounding.hpp"

namespace pith::format {

/// Nearest integer, ties to even, without library calls. @pre |v| <= 2^22 and not NaN.
[[nodiscard]] constexpr std::int32_t round_half_even(float v) noexcept {
    // Adding 1.5 * 2^23 leaves the rounded integer in the low mantissa bits; reading those bits (instead of
    // subtracting again) is exact and cannot be folded away.
    return std::bit_cast<std::int32_t>(v + 12582912.f) - 0x4B400000;
}

#if PITH_ARM_FP
namespace detail {

/// Rounds half to even and saturates, in one instruction; NaN gives 0.
[[nodiscard]] inline std::int32_t round_saturated(float v) noexcept {
    float integer;
    __asm__("vcvtr.s32.f32 %0, %1" : "=t"(integer) : "t"(v));
    return std::bit_cast<std::int32_t>(integer);
}

} // namespace detail
#endif

/// Clamps in float, then rounds half to even; NaN gives `lowest`. @pre |lowest|, |highest| <= 2^22
[[nodiscard]] constexpr std::int32_t round_clamped(float v, std::int32_t lowest,
                                                   std::int32_t highest) noexcept {
#if PITH_ARM_FP
    if (!std::is_constant_evaluated()) { // clamps integers: a comparison of floats takes four instructions
        const std::int32_t i = detail::round_saturated(v);
        if (i == 0 && v != v)
            return lowest;
        const std::int32_t above = i > lowest ? i : lowest;
        return above < highest ? above : highest;
    }
#endif
    const float low = static_cast<float>(lowest);
    const float high = static_cast<float>(highest);
    v = v > low ? v : low; // this order sends NaN to low, as maxps(v, low) does
    v = v < high ? v : high;
    return round_half_even(v);
}

/// The float factor of one output channel: (float)((float)(input_scale * weight_scale) / output_scale).
[[nodiscard]] inline float multiplier(float input_scale, float weight_scale, float output_scale) noexcept {
    const float product = input_scale * weight_scale;
    return product / output_scale;
}

namespace detail {

/// As requantize defines it, without the zero point.
[[nodiscard]] constexpr std::int32_t round_product(std::int32_t accumulator, float factor,
                                                   std::int32_t lowest, std::int32_t highest) noexcept {
    return round_clamped(static_cast<float>(accumulator) * factor, lowest, highest);
}

#if PITH_SOFT_FLOAT
/// Out of the way of the integers, which it replaces once in thousands of times.
[[nodiscard]] PITH_NOINLINE inline std::int32_t round_rare_product(std::int32_t accumulator, float factor,
                                                                   std::int32_t lowest,
                                                                   std::int32_t highest) noexcept {
    return round_product(accumulator, factor, lowest, highest);
}
#endif

} // namespace detail

/// Accumulator (bias included, wrapped mod 2^32) to code: the zero point is added after rounding.
/// @pre |lowest - zero|, |highest - zero| <= 255
[[nodiscard]] PITH_ALWAYS_INLINE constexpr std::int32_t requantize(std::int32_t accumulator, float factor,
                                                                   std::int32_t zero, std::int32_t lowest,
                                                                   std::int32_t highest) noexcept {
#if PITH_SOFT_FLOAT
    if (!std::is_constant_evaluated()) {
        const auto rounded = integer::rounded_product<PITH_LONG_PRODUCT != 0>(accumulator, factor);
        if (!rounded)
            return detail::round_rare_product(accumulator, factor, lowest - zero, highest - zero) + zero;
        const std::int32_t code = *rounded + zero;
        const std::int32_t above = code > lowest ? code : lowest;
        return above < highest ? above : highest;
    }
#endif
    return detail::round_product(accumulator, factor, lowest - zero, highest - zero) + zero;
}

/// int32 bias of a layer: round_half_even(bias / (float)(input_scale * weight_scale)), saturating.
[[nodiscard]] inline std::int32_t quantize_bias(float bias, float input_scale, float weight_scale) noexcept {
    const float scale = input_scale * weight_scale;
    if (!(scale > 0.f))
        return 0;
    const double q = std::nearbyint(static_cast<double>(bias / scale));
    if (q >= 2147483647.0)
        return 2147483647;
    if (q <= -2147483648.0)
        return -2147483647 - 1;
    return static_cast<std::int32_t>(q);
}

/// Constants of a quantised addition: y = clip(round(fma(a, ra, fma(b, rb, offset)))) on raw codes a, b; the
/// zero points are inside the rounding.
struct add_factors {
    float ra = 0.f;
    float rb = 0.f;
    float offset = 0.f;
};

/// Of a sum of codes: scales and zero points of both operands and of the result.
[[nodiscard]] inline add_factors make_add_factors(float a_scale, std::int32_t a_zero, float b_scale,
                                                  std::int32_t b_zero, float y_scale,
                                                  std::int32_t y_zero) noexcept {
    const float ra = a_scale / y_scale;
    const float rb = b_scale / y_scale;
    const float b_part = rb * static_cast<float>(b_zero);
    return {ra, rb, static_cast<float>(y_zero) - std::fma(ra, static_cast<float>(a_zero), b_part)};
}

/// The code of the sum, before it is cut to the range of the result.
[[nodiscard]] inline std::int32_t add_codes(std::int32_t a, std::int32_t b, const add_factors& f,
                                            std::int32_t lowest, std::int32_t highest) noexcept {
    const float inner = std::fma(static_cast<float>(b), f.rb, f.offset);
    return round_clamped(std::fma(static_cast<float>(a), f.ra, inner), lowest, highest);
}

/// add_codes for one set of factors and many codes.
class code_adder {
public:
    /// @param lowest, highest bounds of the sums, at most 255 from zero
    constexpr code_adder(const add_factors& factors, std::int32_t lowest, std::int32_t highest) noexcept
        : factors_(factors), lowest_(lowest), highest_(highest) {}

    /// The code of the sum of codes `a` and `b`. @pre |a|, |b| <= 255
    [[nodiscard]] PITH_ALWAYS_INLINE std::int32_t operator()(std::int32_t a, std::int32_t b) const noexcept {
#if PITH_SOFT_FLOAT
        if (const auto rounded = sum_(a, b)) {
            const std::int32_t above = *rounded > lowest_ ? *rounded : lowest_;
            return above < highest_ ? above : highest_;
        }
#endif
        return add_codes(a, b, factors_, lowest_, highest_);
    }

private:
    add_factors factors_;
    std::int32_t lowest_;
    std::int32_t highest_;
#if PITH_SOFT_FLOAT
    integer::rounded_sum sum_{factors_.ra, factors_.rb, factors_.offset};
#endif
};

/// y = clip(round((a - a_zero)(b - b_zero) * factor + y_zero)), product and sum rounded separately, zero
/// point inside the rounding; factor = (float)((float)(a_scale * b_scale) / y_scale).
[[nodiscard]] inline std::int32_t multiply_codes(std::int32_t a, std::int32_t a_zero, std::int32_t b,
                                                 std::int32_t b_zero, float factor, std::int32_t y_zero,
                                                 std::int32_t lowest, std::int32_t highest) noexcept {
    // The product of a 17-bit integer and a float is exact in double; rounding it to float is the separate
    // rounding.
    const double exact = static_cast<double>((a - a_zero) * (b - b_zero)) * static_cast<double>(factor);
    const float product = static_cast<float>(exact);
    return round_clamped(product + static_cast<float>(y_zero), lowest, highest);
}

/// Mean over a whole image: sum holds the raw codes' sum minus count * input_zero; factor = input_scale /
/// (float)(output_scale * (float)count). The zero point is outside the rounding.
[[nodiscard]] inline float global_average_factor(float input_scale, float output_scale,
                                                 std::int32_t count) noexcept {
    const float divisor = output_scale * static_cast<float>(count);
    return input_scale / divisor;
}

} // namespace pith::format

#endif
