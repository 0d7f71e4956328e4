// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_BGEMM_TAPS_HPP
#define PITH_KERNEL_BGEMM_TAPS_HPP
/// The part of a binary convolution's window that lies inside the image.

#include <cstddef>
#include <cstdint>

#include "../pool/clipped.hpp"
#include "args.hpp"

namespace pith::kernel {

/// Taps [first, first + count) of one axis, the first of which reads input `at`.
struct tap_range {
    std::int32_t at = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};

/// Wherever they read.
[[nodiscard]] constexpr bool same_taps(const tap_range& a, const tap_range& b) noexcept {
    return a.first == b.first && a.count == b.count;
}

/// Of output row or column `index`. @param axis 0: rows, 1: columns
[[nodiscard]] constexpr tap_range taps_inside(const pool_geometry& g, std::uint32_t axis,
                                              std::uint32_t index) noexcept {
    const clipped_axis c = clip_axis(g, axis, index);
    const auto start =
        static_cast<std::int32_t>(index * g.strides[axis]) - static_cast<std::int32_t>(g.pads[axis]);
    if (c.taps == 0)
        return {};
    return {c.first, static_cast<std::uint32_t>(c.first - start) / g.dilations[axis], c.taps};
}

/// Bytes from tap to tap. Where there is one tap only the step may lie beyond all memory, and is not taken.
[[nodiscard]] constexpr std::ptrdiff_t tap_step(const pool_geometry& g, std::uint32_t axis) noexcept {
    const std::ptrdiff_t stride = axis == 0 ? g.input_strides.row_stride : g.input_strides.column_stride;
    return static_cast<std::ptrdiff_t>(std::int64_t{stride} * g.dilations[axis]);
}

} // namespace pith::kernel

#endif
