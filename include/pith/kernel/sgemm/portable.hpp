// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SGEMM_PORTABLE_HPP
#define PITH_KERNEL_SGEMM_PORTABLE_HPP
/// Float convolution in plain C++, for any tile. Every kernel sums K products in floats, fused or not, in an
/// order of its own: each is within 2 K epsilon * sum(|input * weight|) of the exact sum, epsilon = 2^-24.

#include <cstddef>
#include <cstdint>

#include "../../base/bits.hpp"
#include "../entry.hpp"
#include "../real.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

inline constexpr std::uint32_t sgemm_lanes = 16;

/// Adds one run into `sums`, `lanes` outputs side by side. @return the weights of the next run
inline const float* sgemm_run(const float* x, const float* weights, std::uint32_t length, format::tile t,
                              std::uint32_t lanes, float (&sums)[sgemm_lanes]) noexcept {
    const std::size_t group = std::size_t{t.outputs} * t.depth;
    for (std::uint32_t k = 0; k < length; weights += group)
        for (std::uint32_t d = 0; d < t.depth && k < length; ++d, ++k)
            for (std::uint32_t lane = 0; lane < lanes; ++lane)
                sums[lane] += x[k] * weights[lane * t.depth + d];
    return weights;
}

/// Up to 16 channels of one output pixel, from `channel` on, all in one panel.
inline void sgemm_lane_group(const sgemm_args& a, const float* x, const float* weights,
                             float (&sums)[sgemm_lanes], std::uint32_t lanes) noexcept {
    for (std::uint32_t row = 0; row < a.over.run_rows; ++row)
        for (std::uint32_t column = 0; column < a.over.run_columns; ++column)
            weights = sgemm_run(x + static_cast<std::ptrdiff_t>(row) * a.over.run_row_stride +
                                    static_cast<std::ptrdiff_t>(column) * a.over.run_column_stride,
                                weights, a.over.run_length, a.packed, lanes, sums);
}

inline void sgemm_pixel(const sgemm_args& a, const float* x, float* y, const float* residual) noexcept {
    const std::uint32_t outputs = a.packed.outputs;
    const std::size_t panel =
        a.over.runs() * round_up(a.over.run_length, std::uint32_t{a.packed.depth}) * std::size_t{outputs};
    for (std::uint32_t channel = 0; channel < a.channels;) {
        const std::uint32_t lane = channel % outputs;
        std::uint32_t lanes = outputs - lane < sgemm_lanes ? outputs - lane : sgemm_lanes;
        lanes = a.channels - channel < lanes ? a.channels - channel : lanes;
        float sums[sgemm_lanes] = {};
        sgemm_lane_group(a, x, a.weights + channel / outputs * panel + lane * a.packed.depth, sums, lanes);
        for (std::uint32_t i = 0; i < lanes; ++i, ++channel)
            y[channel] = finish(a.epilogue, sums[i], channel, residual);
    }
}

} // namespace detail

inline void sgemm(const sgemm_args& a) noexcept {
    for (std::uint32_t row = 0; row < a.over.rows; ++row)
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            const auto c = static_cast<std::ptrdiff_t>(column);
            detail::sgemm_pixel(a, a.input + r * a.over.row_stride + c * a.over.column_stride,
                                a.output + r * a.output_strides.row_stride +
                                    c * a.output_strides.column_stride,
                                residual_at(a.epilogue, row, column));
        }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<sgemm_args> : portable_function<sgemm_args, &portable::sgemm> {};

} // namespace pith::kernel

#endif
