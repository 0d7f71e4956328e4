// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_POOL_PORTABLE_HPP
#define PITH_KERNEL_POOL_PORTABLE_HPP
/// Pooling in plain C++.

#include <cstddef>
#include <cstdint>

#include "../../format/affine.hpp"
#include "../../format/requantize.hpp"
#include "../entry.hpp"
#include "args.hpp"
#include "clipped.hpp"

namespace pith::kernel::portable {

namespace detail {

template <class T>
void max_pool(const T* input, T* output, const pool_geometry& g, T lowest) noexcept {
    for_each_window(g, [&](const clipped_window& w) {
        T* y = output + w.output;
        for (std::uint32_t c = 0; c < g.channels; ++c)
            y[c] = lowest;
        for_each_tap(g, w, [&](std::ptrdiff_t at) {
            const T* x = input + at;
            for (std::uint32_t c = 0; c < g.channels; ++c)
                y[c] = x[c] > y[c] ? x[c] : y[c];
        });
    });
}

} // namespace detail

inline void max_pool_u8(const max_pool_u8_args& a) noexcept {
    detail::max_pool<std::uint8_t>(a.input, a.output, a.over, 0);
}

inline void max_pool_f32(const max_pool_f32_args& a) noexcept {
    detail::max_pool<float>(a.input, a.output, a.over, -3.402823466e38f);
}

inline void average_pool_f32(const average_pool_f32_args& a) noexcept {
    for_each_window(a.over, [&](const clipped_window& w) {
        float* y = a.output + w.output;
        for (std::uint32_t c = 0; c < a.over.channels; ++c)
            y[c] = 0.f;
        for_each_tap(a.over, w, [&](std::ptrdiff_t at) {
            for (std::uint32_t c = 0; c < a.over.channels; ++c)
                y[c] += a.input[at + static_cast<std::ptrdiff_t>(c)];
        });
        const float count = static_cast<float>(a.count_padding ? w.padded_count : w.count);
        for (std::uint32_t c = 0; c < a.over.channels; ++c)
            y[c] = count > 0.f ? y[c] / count : 0.f;
    });
}

inline void average_pool_u8(const average_pool_u8_args& a) noexcept {
    for_each_window(a.over, [&](const clipped_window& w) {
        const std::uint32_t count = a.count_padding ? w.padded_count : w.count;
        for (std::uint32_t c = 0; c < a.over.channels; ++c) {
            float sum = 0.f;
            for_each_tap(a.over, w, [&](std::ptrdiff_t at) {
                sum += decode_apart(a.from, a.input[at + static_cast<std::ptrdiff_t>(c)]);
            });
            a.output[w.output + static_cast<std::ptrdiff_t>(c)] = mean_code(sum, count, a.to);
        }
    });
}

inline void global_average_u8(const global_average_u8_args& a) noexcept {
    const std::uint32_t zeros = a.rows * a.columns * static_cast<std::uint32_t>(a.input_zero);
    for (std::uint32_t c = 0; c < a.channels; ++c) {
        std::uint32_t sum = 0; // wraps like every kernel's
        for (std::uint32_t row = 0; row < a.rows; ++row) {
            const std::uint8_t* x =
                a.input + static_cast<std::ptrdiff_t>(row) * a.input_strides.row_stride + c;
            for (std::uint32_t column = 0; column < a.columns; ++column)
                sum += x[static_cast<std::ptrdiff_t>(column) * a.input_strides.column_stride];
        }
        a.output[c] = static_cast<std::uint8_t>(format::requantize(static_cast<std::int32_t>(sum - zeros),
                                                                   a.factor, a.zero, a.lowest, a.highest));
    }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<max_pool_u8_args> : portable_function<max_pool_u8_args, &portable::max_pool_u8> {};
template <>
struct portable_entry<max_pool_f32_args> : portable_function<max_pool_f32_args, &portable::max_pool_f32> {};
template <>
struct portable_entry<average_pool_f32_args>
    : portable_function<average_pool_f32_args, &portable::average_pool_f32> {};
template <>
struct portable_entry<average_pool_u8_args>
    : portable_function<average_pool_u8_args, &portable::average_pool_u8> {};
template <>
struct portable_entry<global_average_u8_args>
    : portable_function<global_average_u8_args, &portable::global_average_u8> {};

} // namespace pith::kernel

#endif
