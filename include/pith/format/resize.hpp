// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_RESIZE_HPP
#define PITH_FORMAT_RESIZE_HPP
/// Which inputs an output row or column of a resized image is made of, and how much of each (ONNX Resize).

#include <cmath>
#include <cstdint>

#include "ops.hpp"

namespace pith::format {

/// One axis of a resize.
struct resize_axis_rule {
    resize_mode mode = resize_mode::nearest;
    resize_coordinates coordinates = resize_coordinates::half_pixel;
    resize_rounding rounding = resize_rounding::prefer_floor; ///< nearest only
    std::int32_t input = 0;                                   ///< input size
    std::int32_t output = 0;                                  ///< output size
    double scale = 1;                                         ///< output / input as the model states it
    double cubic_a = -0.75;
    bool exclude_outside = false;
};

/// Input elements that an output element is made of, along one axis.
[[nodiscard]] constexpr std::uint32_t resize_taps(resize_mode mode) noexcept {
    return mode == resize_mode::nearest ? 1u : mode == resize_mode::linear ? 2u : 4u;
}

namespace detail {

/// Position of output `i` among the inputs.
[[nodiscard]] inline double resize_position(const resize_axis_rule& r, std::int32_t i) noexcept {
    const double x = i;
    switch (r.coordinates) {
    case resize_coordinates::half_pixel:
        return (x + 0.5) / r.scale - 0.5;
    case resize_coordinates::half_pixel_symmetric: {
        const double whole = r.scale * r.input; // the output's length before it was cut to an integer
        const double adjustment = static_cast<double>(r.output) / whole;
        const double centre = static_cast<double>(r.input) / 2;
        return centre * (1 - adjustment) + (x + 0.5) / r.scale - 0.5;
    }
    case resize_coordinates::pytorch_half_pixel:
        return r.output > 1 ? (x + 0.5) / r.scale - 0.5 : 0.0;
    case resize_coordinates::align_corners: {
        const double whole = r.scale * r.input;
        return whole - 1 > 0 && r.output > 1 ? x * (r.input - 1) / (whole - 1) : 0.0;
    }
    case resize_coordinates::asymmetric:
        return x / r.scale;
    }
    return 0.0;
}

[[nodiscard]] inline double resize_nearest(resize_rounding rounding, double x) noexcept {
    switch (rounding) {
    case resize_rounding::prefer_floor:
        return std::ceil(x - 0.5);
    case resize_rounding::prefer_ceil:
        return std::floor(x + 0.5);
    case resize_rounding::floor:
        return std::floor(x);
    case resize_rounding::ceil:
        return std::ceil(x);
    }
    return x;
}

/// Keys' kernel at distance `d` >= 0.
[[nodiscard]] inline double resize_cubic(double a, double d) noexcept {
    if (d <= 1)
        return ((a + 2) * d - (a + 3)) * d * d + 1;
    if (d < 2)
        return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
    return 0;
}

} // namespace detail

/// Fills the indices and weights of the inputs around position `x`.
inline void resize_at(const resize_axis_rule& r, double x, std::int32_t* indices, float* weights) noexcept {
    const std::uint32_t taps = resize_taps(r.mode);
    double first = r.mode == resize_mode::nearest  ? detail::resize_nearest(r.rounding, x)
                   : r.mode == resize_mode::linear ? std::floor(x)
                                                   : std::floor(x) - 1;
    double sum = 0;
    double exact[4] = {1, 0, 0, 0};
    for (std::uint32_t t = 0; t < taps; ++t) {
        const double at = first + t;
        if (r.mode != resize_mode::nearest) {
            const double distance = std::fabs(x - at);
            exact[t] =
                r.mode == resize_mode::linear ? 1 - distance : detail::resize_cubic(r.cubic_a, distance);
            if (r.exclude_outside && (at < 0 || at > r.input - 1))
                exact[t] = 0;
        }
        sum += exact[t];
        indices[t] = static_cast<std::int32_t>(at < 0 ? 0 : at > r.input - 1 ? r.input - 1 : at);
    }
    for (std::uint32_t t = 0; t < taps; ++t)
        weights[t] = static_cast<float>(r.exclude_outside && sum != 0 ? exact[t] / sum : exact[t]);
}

/// Fills indices and weights, both [output][taps].
inline void resize_axis(const resize_axis_rule& r, std::int32_t* indices, float* weights) noexcept {
    const std::uint32_t taps = resize_taps(r.mode);
    for (std::int32_t i = 0; i < r.output; ++i, indices += taps, weights += taps)
        resize_at(r, detail::resize_position(r, i), indices, weights);
}

} // namespace pith::format

#endif
