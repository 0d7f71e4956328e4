// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_BGEMM_PORTABLE_HPP
#define PITH_KERNEL_BGEMM_PORTABLE_HPP
/// Binary convolution in plain C++: the reference of every other kernel.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../codes.hpp"
#include "../entry.hpp"
#include "args.hpp"
#include "taps.hpp"

namespace pith::kernel::portable {

namespace detail {

/// Bits that are set. (std::popcount is a call where the processor has no such instruction.)
[[nodiscard]] constexpr std::uint32_t count_bits(std::uint64_t x) noexcept {
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return static_cast<std::uint32_t>(x * 0x0101010101010101u >> 56);
}

/// Differing bits of the taps inside. @param weights the first word of an output
[[nodiscard]] inline std::uint32_t differing_bits(const bgemm_args& a, const tap_range& down,
                                                  const tap_range& across,
                                                  const std::uint8_t* weights) noexcept {
    const pool_geometry& g = a.over;
    std::uint32_t bits = 0;
    for (std::uint32_t i = 0; i < down.count; ++i)
        for (std::uint32_t j = 0; j < across.count; ++j) {
            const std::uint8_t* x = a.input + down.at * g.input_strides.row_stride +
                                    across.at * g.input_strides.column_stride +
                                    static_cast<std::ptrdiff_t>(i) * tap_step(g, 0) +
                                    static_cast<std::ptrdiff_t>(j) * tap_step(g, 1);
            const std::size_t tap = std::size_t{down.first + i} * g.kernel[1] + across.first + j;
            const std::uint8_t* w = weights + tap * g.channels * bgemm_outputs * 8;
            for (std::uint32_t k = 0; k < g.channels; ++k)
                bits += count_bits(
                    load_le<std::uint64_t>(reinterpret_cast<const std::byte*>(x + 8 * k)) ^
                    load_le<std::uint64_t>(reinterpret_cast<const std::byte*>(w + k * bgemm_outputs * 8)));
        }
    return bits;
}

} // namespace detail

inline void bgemm(const bgemm_args& a) noexcept {
    const pool_geometry& g = a.over;
    const std::size_t panel = std::size_t{g.kernel[0]} * g.kernel[1] * g.channels * bgemm_outputs * 8;
    for (std::uint32_t row = 0; row < g.output_rows; ++row) {
        const tap_range down = taps_inside(g, 0, row);
        for (std::uint32_t column = 0; column < g.output_columns; ++column) {
            const tap_range across = taps_inside(g, 1, column);
            const std::uint32_t all = down.count * across.count * a.inputs;
            const std::ptrdiff_t out = static_cast<std::ptrdiff_t>(row) * g.output_strides.row_stride +
                                       static_cast<std::ptrdiff_t>(column) * g.output_strides.column_stride;
            const std::uint8_t* residual = residual_at(a.epilogue, row, column);
            for (std::uint32_t c = 0; c < a.channels; ++c) {
                const std::uint8_t* w = a.weights + c / bgemm_outputs * panel + c % bgemm_outputs * 8;
                const auto sum =
                    static_cast<std::int32_t>(all - 2 * detail::differing_bits(a, down, across, w));
                if (a.real_output != nullptr)
                    a.real_output[out + static_cast<std::ptrdiff_t>(c)] = to_real(a.epilogue, sum, c);
                else
                    a.output[out + static_cast<std::ptrdiff_t>(c)] = to_code(a.epilogue, sum, c, residual);
            }
        }
    }
}

inline void pack_bits(const pack_bits_args& a) noexcept {
    for (std::size_t pixel = 0; pixel < a.pixels; ++pixel) {
        const std::uint8_t* x = a.input + static_cast<std::ptrdiff_t>(pixel) * a.input_stride;
        std::uint8_t* to = a.output + static_cast<std::ptrdiff_t>(pixel) * a.output_stride;
        for (std::uint32_t word = 0; word < words_of(a.channels); ++word, x += bits_in_word, to += 8) {
            const std::uint32_t left = a.channels - word * bits_in_word;
            std::uint64_t bits = 0;
            for (std::uint32_t i = 0; i < (left < bits_in_word ? left : bits_in_word); ++i)
                bits |= std::uint64_t{x[i] < a.threshold} << i;
            store_le(reinterpret_cast<std::byte*>(to), bits);
        }
    }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<bgemm_args> : portable_function<bgemm_args, &portable::bgemm> {};
template <>
struct portable_entry<pack_bits_args> : portable_function<pack_bits_args, &portable::pack_bits> {};

} // namespace pith::kernel

#endif
