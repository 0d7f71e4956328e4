// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_RESIZE_PORTABLE_HPP
#define PITH_KERNEL_RESIZE_PORTABLE_HPP
/// Resizing in plain C++.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// Calls f(output offset, row, column) for each output pixel.
template <class Args, class F>
void for_each_resized(const Args& a, const F& f) noexcept {
    for (std::uint32_t row = 0; row < a.rows.outputs; ++row)
        for (std::uint32_t column = 0; column < a.columns.outputs; ++column)
            f(static_cast<std::ptrdiff_t>(row) * a.output_strides.row_stride +
                  static_cast<std::ptrdiff_t>(column) * a.output_strides.column_stride,
              row, column);
}

template <class Args>
void resize_nearest(const Args& a) noexcept {
    for_each_resized(a, [&](std::ptrdiff_t at, std::uint32_t row, std::uint32_t column) {
        std::memmove(a.output + at,
                     a.input + std::ptrdiff_t{a.rows.indices[row]} * a.input_strides.row_stride +
                         std::ptrdiff_t{a.columns.indices[column]} * a.input_strides.column_stride,
                     a.channels * sizeof *a.output);
    });
}

} // namespace detail

inline void resize_u8(const resize_u8_args& a) noexcept {
    detail::resize_nearest(a);
}

inline void resize_f32(const resize_f32_args& a) noexcept {
    if (a.taps == 1)
        return detail::resize_nearest(a);
    detail::for_each_resized(a, [&](std::ptrdiff_t at, std::uint32_t row, std::uint32_t column) {
        float* y = a.output + at;
        for (std::uint32_t c = 0; c < a.channels; ++c)
            y[c] = 0.f;
        const std::size_t i0 = std::size_t{row} * a.taps;
        const std::size_t j0 = std::size_t{column} * a.taps;
        for (std::size_t i = i0; i < i0 + a.taps; ++i)
            for (std::size_t j = j0; j < j0 + a.taps; ++j) {
                const float weight = a.rows.weights[i] * a.columns.weights[j];
                const float* x = a.input + std::ptrdiff_t{a.rows.indices[i]} * a.input_strides.row_stride +
                                 std::ptrdiff_t{a.columns.indices[j]} * a.input_strides.column_stride;
                for (std::uint32_t c = 0; c < a.channels; ++c)
                    y[c] += weight * x[c];
            }
    });
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<resize_f32_args> : portable_function<resize_f32_args, &portable::resize_f32> {};
template <>
struct portable_entry<resize_u8_args> : portable_function<resize_u8_args, &portable::resize_u8> {};

} // namespace pith::kernel

#endif
