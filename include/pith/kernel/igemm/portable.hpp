// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_PORTABLE_HPP
#define PITH_KERNEL_IGEMM_PORTABLE_HPP
/// Integer convolution in plain C++: the reference of every other kernel, for any tile and any processor.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../codes.hpp"
#include "../entry.hpp"
#include "../pixel_pairs.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// Adds `count` inputs of Pixels pixels times those of Outputs outputs, which lie `depth` apart.
template <std::uint32_t Pixels, std::uint32_t Outputs>
PITH_ALWAYS_INLINE void add_products(std::int32_t (&sums)[Pixels][Outputs],
                                     const std::uint8_t* const (&x)[Pixels], const std::int8_t* w,
                                     std::uint32_t count, std::uint32_t depth) noexcept {
#pragma GCC unroll 4
    for (std::uint32_t k = 0; k < count; ++k)
#pragma GCC unroll 4
        for (std::uint32_t o = 0; o < Outputs; ++o)
#pragma GCC unroll 4
            for (std::uint32_t p = 0; p < Pixels; ++p)
                sums[p][o] = add_wrapped(sums[p][o], x[p][k] * w[o * depth + k]);
}

inline constexpr std::uint32_t stored_outputs = 16; ///< of a pixel, that become codes together

/// Sums of Pixels pixels and of Outputs neighbouring outputs of a panel over all runs.
/// @param at first inputs of the pixels @param w first weights; `group` weights further lie the next Depth
/// inputs of the same outputs @param to those of pixel 0; stored_outputs further lie those of pixel 1
/// @tparam Depth of the tile; 0: `depth` tells
template <std::uint32_t Pixels, std::uint32_t Outputs, std::uint32_t Depth>
PITH_NOINLINE void sum_block(const window& over, const std::uint8_t* const (&at)[Pixels],
                             const std::int8_t* w, std::uint32_t depth, std::size_t group,
                             std::int32_t* to) noexcept {
    const std::uint32_t step = Depth != 0 ? Depth : depth;
    std::int32_t sums[Pixels][Outputs] = {}; // in registers, where no byte that is read can be part of them
    for (std::uint32_t row = 0; row < over.run_rows; ++row)
        for (std::uint32_t column = 0; column < over.run_columns; ++column) {
            const std::ptrdiff_t run = static_cast<std::ptrdiff_t>(row) * over.run_row_stride +
                                       static_cast<std::ptrdiff_t>(column) * over.run_column_stride;
            const std::uint8_t* x[Pixels];
            for (std::uint32_t p = 0; p < Pixels; ++p)
                x[p] = at[p] + run;
            std::uint32_t left = over.run_length;
            for (; left >= step; left -= step, w += group) {
                add_products(sums, x, w, step, step);
                for (auto& of_pixel : x)
                    of_pixel += step;
            }
            if (left != 0) {
                add_products(sums, x, w, left, step);
                w += group;
            }
        }
    for (std::uint32_t p = 0; p < Pixels; ++p)
        for (std::uint32_t o = 0; o < Outputs; ++o)
            to[p * stored_outputs + o] = sums[p][o];
}

/// Outputs that a block computes at once. Cortex-M0 has eight registers to compute with.
inline constexpr std::uint32_t block_outputs = PITH_LONG_PRODUCT != 0 ? 2 : 1;

/// All outputs of one or two pixels.
template <std::uint32_t Pixels, std::uint32_t Outputs, std::uint32_t Depth>
void igemm_pixels(const igemm_args& a, const pixel_pair& pair) noexcept {
    const std::uint32_t outputs = a.packed.outputs;
    const std::size_t group = std::size_t{outputs} * a.packed.depth;
    const std::size_t panel =
        a.over.runs() * round_up(a.over.run_length, std::uint32_t{a.packed.depth}) * std::size_t{outputs};
    const std::uint8_t* x[Pixels];
    for (std::uint32_t p = 0; p < Pixels; ++p)
        x[p] = pair.input(a.input, a.over, p);
    for (std::uint32_t first = 0; first < a.channels; first += stored_outputs) {
        const std::uint32_t count = a.channels - first < stored_outputs ? a.channels - first : stored_outputs;
        std::int32_t sums[Pixels * stored_outputs];
        for (std::uint32_t o = 0; o < count; o += Outputs) {
            const std::uint32_t c = first + o;
            sum_block<Pixels, Outputs, Depth>(a.over, x,
                                              a.weights + c / outputs * panel + c % outputs * a.packed.depth,
                                              a.packed.depth, group, sums + o);
        }
        for (std::uint32_t p = 0; p < Pixels; ++p)
            store_sums(a, pair.row[p], pair.column[p], first, count, sums + p * stored_outputs);
    }
}

} // namespace detail

inline void igemm(const igemm_args& a) noexcept {
    using namespace detail;
    const bool usual = a.packed.depth == 4 && a.packed.outputs % (2 * block_outputs) == 0;
    for_each_pixel_pair(a.over, [&](const pixel_pair& pair) {
        if (!usual)
            for (std::uint32_t p = 0; p < pair.count; ++p)
                igemm_pixels<1, 1, 0>(a, pair.only(p));
        else if (pair.count == 2)
            igemm_pixels<2, block_outputs, 4>(a, pair);
        else
            igemm_pixels<1, 2 * block_outputs, 4>(a, pair);
    });
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<igemm_args> : portable_function<igemm_args, &portable::igemm> {};

} // namespace pith::kernel

#endif
