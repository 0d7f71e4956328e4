// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_DEPTHWISE_F32_PORTABLE_HPP
#define PITH_KERNEL_DEPTHWISE_F32_PORTABLE_HPP
/// Depthwise float convolution in plain C++. Error bound as of sgemm, K the number of taps.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../entry.hpp"
#include "../real.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

inline void depthwise_f32_pixel(const depthwise_f32_args& a, const float* x, float* y,
                                const float* residual) noexcept {
    constexpr std::uint32_t lanes = 16;
    const std::uint32_t channels = a.over.run_length;
    const std::uint32_t pitch = round_up(channels, lanes);
    for (std::uint32_t first = 0; first < channels; first += lanes) {
        const std::uint32_t count = channels - first < lanes ? channels - first : lanes;
        const float* weights = a.weights + first;
        float sums[lanes] = {};
        for (std::uint32_t row = 0; row < a.over.run_rows; ++row)
            for (std::uint32_t column = 0; column < a.over.run_columns; ++column, weights += pitch) {
                const float* tap = x + static_cast<std::ptrdiff_t>(row) * a.over.run_row_stride +
                                   static_cast<std::ptrdiff_t>(column) * a.over.run_column_stride + first;
                for (std::uint32_t c = 0; c < count; ++c)
                    sums[c] += tap[c] * weights[c];
            }
        for (std::uint32_t c = 0; c < count; ++c)
            y[first + c] = finish(a.epilogue, sums[c], first + c, residual);
    }
}

} // namespace detail

inline void depthwise_f32(const depthwise_f32_args& a) noexcept {
    for (std::uint32_t row = 0; row < a.over.rows; ++row)
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            const auto c = static_cast<std::ptrdiff_t>(column);
            detail::depthwise_f32_pixel(a, a.input + r * a.over.row_stride + c * a.over.column_stride,
                                        a.output + r * a.output_strides.row_stride +
                                            c * a.output_strides.column_stride,
                                        residual_at(a.epilogue, row, column));
        }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<depthwise_f32_args> : portable_function<depthwise_f32_args, &portable::depthwise_f32> {
};

} // namespace pith::kernel

#endif
