// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_PORTABLE_HPP
#define PITH_KERNEL_IGEMM_LOW_PORTABLE_HPP
/// Low-bit integer convolution in plain C++: the reference of every other kernel. A group of weights is
/// decoded once for a few neighbouring pixels.

#include <cstddef>
#include <cstdint>

#include "../codes.hpp"
#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

inline constexpr std::uint32_t low_pixels = 4; ///< that share decoded weights

/// Up to `low_pixels` neighbouring pixels of a row and the sums of 16 outputs of each.
struct low_tile {
    const std::uint8_t* input; ///< of the first pixel
    std::ptrdiff_t step;       ///< from pixel to pixel
    std::uint32_t pixels;
    std::int32_t sums[low_pixels][16];
};

/// Adds `count` (1..4) inputs of every pixel times a decoded group.
inline void add_low_group(low_tile& t, std::ptrdiff_t at, const std::int8_t* w,
                          std::uint32_t count) noexcept {
    for (std::uint32_t p = 0; p < t.pixels; ++p) {
        const std::uint8_t* x = t.input + static_cast<std::ptrdiff_t>(p) * t.step + at;
        if (count == 4) {
            for (std::uint32_t o = 0; o < 16; ++o)
                t.sums[p][o] = add_wrapped(t.sums[p][o], x[0] * w[4 * o] + x[1] * w[4 * o + 1] +
                                                             x[2] * w[4 * o + 2] + x[3] * w[4 * o + 3]);
            continue;
        }
        for (std::uint32_t o = 0; o < 16; ++o)
            for (std::uint32_t k = 0; k < count; ++k)
                t.sums[p][o] = add_wrapped(t.sums[p][o], x[k] * w[4 * o + k]);
    }
}

/// All sums of a panel. @param weights the panel's first group
inline void sum_low_panel(low_tile& t, const window& over, const std::uint8_t* weights, unsigned bits,
                          const std::int8_t* table) noexcept {
    for (auto& sums : t.sums)
        for (auto& s : sums)
            s = 0;
    std::int8_t codes[format::low_bit_group];
    for (std::uint32_t row = 0; row < over.run_rows; ++row)
        for (std::uint32_t column = 0; column < over.run_columns; ++column) {
            std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row) * over.run_row_stride +
                                static_cast<std::ptrdiff_t>(column) * over.run_column_stride;
            for (std::uint32_t k = 0; k < over.run_length; k += 4, at += 4, weights += 8 * bits) {
                format::decode_group(weights, bits, table, codes);
                add_low_group(t, at, codes, over.run_length - k < 4 ? over.run_length - k : 4);
            }
        }
}

inline void store_low_tile(const igemm_args& a, const low_tile& t, std::uint32_t row, std::uint32_t column,
                           std::uint32_t first) noexcept {
    const std::uint32_t channels = a.channels - first < 16 ? a.channels - first : 16;
    for (std::uint32_t p = 0; p < t.pixels; ++p)
        store_sums(a, row, column + p, first, channels, t.sums[p]);
}

} // namespace detail

inline void igemm_low(const igemm_low_args& args) noexcept {
    using namespace detail;
    const igemm_args& a = args.dense;
    const window& over = a.over;
    std::int8_t table[format::most_levels];
    format::fill_levels(args.codes, table);
    const unsigned bits = args.codes.bits;
    const std::size_t panel = std::size_t{over.runs()} * ((over.run_length + 3) / 4) * 8 * bits;
    low_tile t;
    t.step = over.column_stride;
    for (std::uint32_t row = 0; row < over.rows; ++row)
        for (std::uint32_t column = 0; column < over.columns; column += low_pixels) {
            t.pixels = over.columns - column < low_pixels ? over.columns - column : low_pixels;
            t.input = a.input + static_cast<std::ptrdiff_t>(row) * over.row_stride +
                      static_cast<std::ptrdiff_t>(column) * over.column_stride;
            const std::uint8_t* weights = args.weights;
            for (std::uint32_t first = 0; first < a.channels; first += 16, weights += panel) {
                sum_low_panel(t, over, weights, bits, table);
                store_low_tile(a, t, row, column, first);
            }
        }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<igemm_low_args>
    : portable_function<igemm_low_args, &portable::igemm_low, format::low_bit_tile> {};

} // namespace pith::kernel

#endif
