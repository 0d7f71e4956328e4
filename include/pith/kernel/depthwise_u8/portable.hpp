// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_PORTABLE_HPP
#define PITH_KERNEL_DEPTHWISE_U8_PORTABLE_HPP
/// Depthwise convolution of codes in plain C++: the reference of every other kernel.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../codes.hpp"
#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

inline void depthwise_u8(const depthwise_u8_args& a) noexcept {
    constexpr std::uint32_t block = 8; // channels whose sums are kept at hand
    const std::uint32_t channels = a.over.run_length;
    const std::size_t tap_stride = round_up(channels, std::uint32_t{16});
    for (std::uint32_t row = 0; row < a.over.rows; ++row) {
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            const auto c = static_cast<std::ptrdiff_t>(column);
            const std::uint8_t* pixel = a.input + r * a.over.row_stride + c * a.over.column_stride;
            std::uint8_t* out =
                a.output + r * a.output_strides.row_stride + c * a.output_strides.column_stride;
            for (std::uint32_t first = 0; first < channels; first += block) {
                const std::uint32_t n = channels - first < block ? channels - first : block;
                std::int32_t sums[block] = {};
                const std::int8_t* w = a.weights + first;
                for (std::uint32_t y = 0; y < a.over.run_rows; ++y) {
                    for (std::uint32_t x = 0; x < a.over.run_columns; ++x, w += tap_stride) {
                        const std::uint8_t* tap = pixel +
                                                  static_cast<std::ptrdiff_t>(y) * a.over.run_row_stride +
                                                  static_cast<std::ptrdiff_t>(x) * a.over.run_column_stride +
                                                  static_cast<std::ptrdiff_t>(first);
                        for (std::uint32_t i = 0; i < n; ++i)
                            sums[i] = add_wrapped(sums[i], tap[i] * w[i]);
                    }
                }
                store_codes(a.epilogue, sums, first, n, nullptr, out + first);
            }
        }
    }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<depthwise_u8_args> : portable_function<depthwise_u8_args, &portable::depthwise_u8> {};

} // namespace pith::kernel

#endif
