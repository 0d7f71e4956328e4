// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_AFFINE_HPP
#define PITH_FORMAT_AFFINE_HPP
/// Affine integers: real = scale * (code - zero). Real zero is always a code.

#include <cstddef>
#include <cstdint>

#include "requantize.hpp"

namespace pith::format {

/// Every integer of [lowest, highest]: an element stands for scale * (code - zero). What the scale is stands
/// beside the format. Kernels multiply the codes of every format as these.
struct affine_codes {
    static constexpr bool coded = true;

    std::int32_t zero = 0;
    std::int32_t lowest = 0;
    std::int32_t highest = 255;
    std::int32_t moved = 0; ///< affine::moved

    [[nodiscard]] constexpr bool is_valid() const noexcept { return lowest <= highest; }
    /// Of an index of the codes.
    [[nodiscard]] constexpr unsigned bits() const noexcept {
        unsigned bits = 1;
        while (bits < 32 && (std::int64_t{1} << bits) <= std::int64_t{highest} - lowest)
            ++bits;
        return bits;
    }
    [[nodiscard]] constexpr affine_codes codes() const noexcept { return *this; }
    /// The codes that storage must list: none, since all are in use.
    [[nodiscard]] static constexpr std::size_t listed() noexcept { return 0; }
    /// The code of scale * quotient.
    [[nodiscard]] std::int32_t encode(float quotient) const noexcept {
        return round_clamped(quotient, lowest - zero, highest - zero) + zero;
    }
    friend bool operator==(const affine_codes&, const affine_codes&) = default;
};

/// One scale and zero point for a whole tensor. Activations are held as uint8 codes.
struct affine {
    float scale = 1.f;
    std::int32_t zero = 0;
    std::int32_t lowest = 0;    ///< least code used
    std::int32_t highest = 255; ///< greatest code used
    /// What was added to int8 codes to hold them as uint8 ones: 128, else 0. Additions, products and means of
    /// codes, whose zero point is inside the rounding, round as they do on the int8 codes.
    std::int32_t moved = 0;
};

/// The codes before they were moved.
[[nodiscard]] constexpr affine moved_back(const affine& a) noexcept {
    return {a.scale, a.zero - a.moved, a.lowest - a.moved, a.highest - a.moved, 0};
}

/// Nearest code by true division, ties to even, saturating; NaN gives the lowest code (ONNX QuantizeLinear).
[[nodiscard]] inline std::int32_t encode(const affine& a, float real) noexcept {
    return affine_codes{a.zero, a.lowest, a.highest, a.moved}.encode(real / a.scale);
}

/// ONNX DequantizeLinear.
[[nodiscard]] inline float decode(const affine& a, std::int32_t code) noexcept {
    return static_cast<float>(code - a.zero) * a.scale;
}

/// Code of the mean of decoded codes: clip(round(sum / count / scale + zero)), the zero point inside the
/// rounding; no elements give real zero.
[[nodiscard]] inline std::int32_t average_code(float sum, std::int32_t count, const affine& to) noexcept {
    const float mean = count > 0 ? sum / static_cast<float>(count) : 0.f;
    const affine own = moved_back(to);
    return round_clamped(mean / own.scale + static_cast<float>(own.zero), own.lowest, own.highest) + to.moved;
}

/// The affine code of [low, high] in [lowest, highest], widened to contain 0: scale = (high - low) / (highest
/// - lowest), zero = round_half_even(lowest - low / scale), both in float. A range of nothing gives scale 1.
[[nodiscard]] inline affine affine_from_range(float low, float high, std::int32_t lowest = 0,
                                              std::int32_t highest = 255) noexcept {
    low = low < 0.f ? low : 0.f;
    high = high > 0.f ? high : 0.f;
    affine a{.scale = 1.f, .zero = lowest, .lowest = lowest, .highest = highest};
    const float scale = (high - low) / static_cast<float>(highest - lowest);
    if (!(scale > 1e-37f))
        return a;
    a.scale = scale;
    const float zero = static_cast<float>(lowest) - low / scale;
    a.zero = round_clamped(zero, lowest, highest);
    return a;
}

} // namespace pith::format

#endif
