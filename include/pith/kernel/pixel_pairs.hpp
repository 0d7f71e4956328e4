// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_PIXEL_PAIRS_HPP
#define PITH_KERNEL_PIXEL_PAIRS_HPP
/// Output pixels by twos, for kernels that use each weight for two pixels.

#include <cstddef>
#include <cstdint>

#include "window.hpp"

namespace pith::kernel {

/// Two output pixels; the last of an odd number stands for both.
struct pixel_pair {
    std::uint32_t count = 0; ///< 1 or 2
    std::uint32_t row[2] = {};
    std::uint32_t column[2] = {};

    /// Pixel `i` by itself.
    [[nodiscard]] pixel_pair only(std::uint32_t i) const noexcept {
        return {1, {row[i], row[i]}, {column[i], column[i]}};
    }
    /// The first input of pixel `i`. @param input of pixel (0, 0)
    template <class T>
    [[nodiscard]] const T* input(const T* first, const window& over, std::uint32_t i) const noexcept {
        return first + static_cast<std::ptrdiff_t>(row[i]) * over.row_stride +
               static_cast<std::ptrdiff_t>(column[i]) * over.column_stride;
    }
};

/// Calls f(pixel_pair) for all output pixels, row by row; a pair may lie in two rows.
template <class F>
void for_each_pixel_pair(const window& over, const F& f) noexcept {
    pixel_pair pair;
    std::uint32_t row = 0, column = 0;
    for (std::uint32_t left = over.rows * over.columns; left != 0; left -= pair.count) {
        pair.count = left < 2 ? 1 : 2;
        for (std::uint32_t i = 0; i < 2; ++i) {
            pair.row[i] = i < pair.count ? row : pair.row[0];
            pair.column[i] = i < pair.count ? column : pair.column[0];
            if (++column == over.columns) {
                column = 0;
                ++row;
            }
        }
        f(pair);
    }
}

} // namespace pith::kernel

#endif
