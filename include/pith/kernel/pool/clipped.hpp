// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_CLIPPED_HPP
#define PITH_KERNEL_POOL_CLIPPED_HPP
/// The taps of a pooling window that lie inside the image, and how a mean of codes becomes a code.

#include <cstddef>
#include <cstdint>

#include "../../format/affine.hpp"
#include "args.hpp"

namespace pith::kernel {

/// The part of a window inside the image, along one axis.
struct clipped_axis {
    std::int32_t first = 0;        ///< input index of the first tap inside, 0 without one
    std::uint32_t taps = 0;        ///< taps inside
    std::uint32_t padded_taps = 0; ///< taps inside or on a pad
};

/// Taps t >= 0 with start + t * step < end. @pre step > 0
[[nodiscard]] constexpr std::int32_t taps_before(std::int32_t end, std::int32_t start,
                                                 std::int32_t step) noexcept {
    if (end <= start)
        return 0;
    return step == 1 ? end - start : (end - start + step - 1) / step;
}

[[nodiscard]] constexpr clipped_axis clip_axis(const pool_geometry& g, std::uint32_t axis,
                                               std::uint32_t at) noexcept {
    const auto size = static_cast<std::int32_t>(axis == 0 ? g.input_rows : g.input_columns);
    const auto step = static_cast<std::int32_t>(g.dilations[axis]);
    const auto taps = static_cast<std::int32_t>(g.kernel[axis]);
    const auto start =
        static_cast<std::int32_t>(at * g.strides[axis]) - static_cast<std::int32_t>(g.pads[axis]);
    const auto padded_end = size + static_cast<std::int32_t>(g.pads[axis + 2]);
    const std::int32_t skipped = taps_before(0, start, step);
    const std::int32_t inside = taps_before(size, start, step);
    const std::int32_t padded = taps_before(padded_end, start, step);
    const std::int32_t end = inside < taps ? inside : taps;
    clipped_axis w;
    w.first = end > skipped ? start + skipped * step : 0;
    w.taps = end > skipped ? static_cast<std::uint32_t>(end - skipped) : 0u;
    w.padded_taps = static_cast<std::uint32_t>(padded < taps ? padded : taps);
    return w;
}

/// One window; offsets are in elements.
struct clipped_window {
    std::ptrdiff_t output = 0; ///< of the output pixel
    std::ptrdiff_t first = 0;  ///< of the first tap inside
    std::uint32_t rows = 0;    ///< taps inside
    std::uint32_t columns = 0;
    std::uint32_t count = 0;        ///< rows * columns
    std::uint32_t padded_count = 0; ///< taps inside or on pads
};

/// Calls f(clipped_window) for each output pixel.
template <class F>
void for_each_window(const pool_geometry& g, const F& f) noexcept {
    for (std::uint32_t row = 0; row < g.output_rows; ++row) {
        const clipped_axis vertical = clip_axis(g, 0, row);
        for (std::uint32_t column = 0; column < g.output_columns; ++column) {
            const clipped_axis across = clip_axis(g, 1, column);
            f(clipped_window{
                .output = static_cast<std::ptrdiff_t>(row) * g.output_strides.row_stride +
                          static_cast<std::ptrdiff_t>(column) * g.output_strides.column_stride,
                .first = static_cast<std::ptrdiff_t>(vertical.first) * g.input_strides.row_stride +
                         static_cast<std::ptrdiff_t>(across.first) * g.input_strides.column_stride,
                .rows = vertical.taps,
                .columns = across.taps,
                .count = vertical.taps * across.taps,
                .padded_count = vertical.padded_taps * across.padded_taps,
            });
        }
    }
}

/// Calls f(offset) for each tap inside, in window order.
template <class F>
void for_each_tap(const pool_geometry& g, const clipped_window& w, const F& f) noexcept {
    // Where there is one tap only, a step may lie beyond all memory, and is not taken.
    const auto down = static_cast<std::ptrdiff_t>(std::int64_t{g.input_strides.row_stride} * g.dilations[0]);
    const auto right =
        static_cast<std::ptrdiff_t>(std::int64_t{g.input_strides.column_stride} * g.dilations[1]);
    for (std::uint32_t i = 0; i < w.rows; ++i)
        for (std::uint32_t j = 0; j < w.columns; ++j)
            f(w.first + static_cast<std::ptrdiff_t>(i) * down + static_cast<std::ptrdiff_t>(j) * right);
}

/// format::decode, kept from being fused with an addition that follows.
[[nodiscard]] constexpr float decode_apart(const format::affine& a, std::int32_t code) noexcept {
    const float real = static_cast<float>(code - a.zero) * a.scale;
    return real < 3.402823466e38f ? real : 3.402823466e38f;
}

/// format::average_code.
[[nodiscard]] constexpr std::uint8_t mean_code(float sum, std::uint32_t count,
                                               const format::affine& to) noexcept {
    const float mean = count > 0 ? sum / static_cast<float>(count) : 0.f;
    const format::affine own = format::moved_back(to);
    const float code = mean / own.scale + static_cast<float>(own.zero);
    return static_cast<std::uint8_t>(format::round_clamped(code, own.lowest, own.highest) + to.moved);
}

} // namespace pith::kernel

#endif
