// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_U8_ARM_DSP_HPP
#define PITH_KERNEL_DEPTHWISE_U8_ARM_DSP_HPP
/// Depthwise convolution of codes with the DSP extension of Cortex-M4, M7, M33 and M55: four channels at a
/// time.

#include <cstddef>
#include <cstdint>

#include "../../arch/target.hpp"
#include "../../base/bits.hpp"
#include "../../simd/arm_dsp/dot.hpp"
#include "../codes.hpp"
#include "args.hpp"

#if PITH_ARM_DSP
namespace pith::kernel::arm_dsp {
namespace depthwise_detail {

/// The sums of four channels over all taps. @param x their first input @param w their first weight
PITH_NOINLINE inline void sum_four(const window& over, const std::uint8_t* x, const std::int8_t* w,
                                   std::ptrdiff_t tap_stride, std::int32_t* sums) noexcept {
    namespace words = simd::arm_dsp;
    std::int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    const std::ptrdiff_t step = over.run_column_stride;
    const std::ptrdiff_t next_row =
        over.run_row_stride - step * static_cast<std::ptrdiff_t>(over.run_columns);
    for (std::uint32_t row = over.run_rows; row != 0; --row, x += next_row)
        for (std::uint32_t column = over.run_columns; column != 0; --column, x += step, w += tap_stride) {
            const std::uint32_t inputs = words::load_bytes(x);
            const std::uint32_t weights = words::load_bytes(__builtin_assume_aligned(w, 4));
            const std::int32_t even = words::unsigned_even(inputs), odd = words::unsigned_odd(inputs);
            const std::int32_t even_w = words::signed_even(weights), odd_w = words::signed_odd(weights);
            s0 = words::add_low_product(s0, even, even_w);
            s1 = words::add_low_product(s1, odd, odd_w);
            s2 = words::add_high_product(s2, even, even_w);
            s3 = words::add_high_product(s3, odd, odd_w);
        }
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

} // namespace depthwise_detail

template <class = on_use>
void depthwise_u8(const depthwise_u8_args& a) noexcept {
    constexpr std::uint32_t block = 16; // channels that become codes together
    const std::uint32_t channels = a.over.run_length;
    const auto tap_stride = static_cast<std::ptrdiff_t>(round_up(channels, block));
    for (std::uint32_t row = 0; row < a.over.rows; ++row)
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            const auto c = static_cast<std::ptrdiff_t>(column);
            const std::uint8_t* x = a.input + r * a.over.row_stride + c * a.over.column_stride;
            std::uint8_t* to =
                a.output + r * a.output_strides.row_stride + c * a.output_strides.column_stride;
            for (std::uint32_t first = 0; first < channels; first += block) {
                const std::uint32_t count = channels - first < block ? channels - first : block;
                std::int32_t sums[block];
                for (std::uint32_t i = 0; i < count; i += 4)
                    depthwise_detail::sum_four(a.over, x + first + i, a.weights + first + i, tap_stride,
                                               sums + i);
                store_codes(a.epilogue, sums, first, count, nullptr, to + first);
            }
        }
}

} // namespace pith::kernel::arm_dsp
#endif

#endif
