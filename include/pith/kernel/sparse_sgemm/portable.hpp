// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SPARSE_SGEMM_PORTABLE_HPP
#define PITH_KERNEL_SPARSE_SGEMM_PORTABLE_HPP
/// Sparse float convolution in plain C++. Every kernel sums the stored products in floats, fused or not: each
/// is within 2 K epsilon * sum(|input * weight|) of the exact sum, epsilon = 2^-24, K the stored inputs.

#include <cstddef>
#include <cstdint>

#include "../entry.hpp"
#include "../real.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// All channels of one output pixel.
inline void sparse_sgemm_pixel(const sparse_sgemm_args& a, const float* x, float* y,
                               const float* residual) noexcept {
    constexpr std::uint32_t outputs = sgemm_tile.outputs;
    const std::uint32_t* start = a.starts;
    for (std::uint32_t channel = 0; channel < a.channels; ++start) {
        float sums[outputs] = {};
        const float* w = a.weights + std::size_t{start[0]} * outputs;
        for (std::uint32_t k = start[0]; k < start[1]; ++k, w += outputs) {
            const float element = x[a.columns[k]];
            for (std::uint32_t lane = 0; lane < outputs; ++lane)
                sums[lane] += element * w[lane];
        }
        for (std::uint32_t lane = 0; lane < outputs && channel < a.channels; ++lane, ++channel)
            y[channel] = finish(a.epilogue, sums[lane], channel, residual);
    }
}

} // namespace detail

inline void sparse_sgemm(const sparse_sgemm_args& a) noexcept {
    for (std::uint32_t row = 0; row < a.over.rows; ++row)
        for (std::uint32_t column = 0; column < a.over.columns; ++column) {
            const auto r = static_cast<std::ptrdiff_t>(row);
            const auto c = static_cast<std::ptrdiff_t>(column);
            detail::sparse_sgemm_pixel(a, a.input + r * a.over.row_stride + c * a.over.column_stride,
                                       a.output + r * a.output_strides.row_stride +
                                           c * a.output_strides.column_stride,
                                       residual_at(a.epilogue, row, column));
        }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<sparse_sgemm_args> : portable_function<sparse_sgemm_args, &portable::sparse_sgemm> {};

} // namespace pith::kernel

#endif
