// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_PORTABLE_HPP
#define PITH_KERNEL_ELTWISE_PORTABLE_HPP
/// Element-wise operations on codes in plain C++: the formulas of format/, element by element.

#include <cstddef>
#include <cstdint>

#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// Calls f(output row, input row) for each row.
template <class Args, class F>
void for_each_row(const Args& a, const F& f) noexcept {
    for (std::size_t r = 0; r < a.rows; ++r)
        f(a.output + static_cast<std::ptrdiff_t>(r) * a.output_row_stride,
          a.input + static_cast<std::ptrdiff_t>(r) * a.input_row_stride);
}

/// Calls f(a, b) -> code for each pair of codes.
template <class Args, class F>
void for_each_pair(const Args& args, const F& f) noexcept {
    for (std::size_t r = 0; r < args.rows; ++r) {
        const auto row = static_cast<std::ptrdiff_t>(r);
        const std::uint8_t* a = args.a.data + row * args.a.row_stride;
        const std::uint8_t* b = args.b.data + row * args.b.row_stride;
        std::uint8_t* y = args.output + row * args.output_row_stride;
        const std::size_t a_period = args.a.period != 0 ? args.a.period : args.count;
        const std::size_t b_period = args.b.period != 0 ? args.b.period : args.count;
        for (std::size_t i = 0, j = 0, k = 0; i < args.count; ++i) {
            y[i] = static_cast<std::uint8_t>(f(std::int32_t{a[j]}, std::int32_t{b[k]}));
            j = j + 1 == a_period ? 0 : j + 1;
            k = k + 1 == b_period ? 0 : k + 1;
        }
    }
}

} // namespace detail

inline void quantize(const quantize_args& a) noexcept {
    const format::affine to = a.to;
    detail::for_each_row(a, [&](std::uint8_t* y, const float* x) {
        for (std::size_t i = 0; i < a.count; ++i)
            y[i] = static_cast<std::uint8_t>(format::encode(to, x[i]));
    });
}

inline void dequantize(const dequantize_args& a) noexcept {
    const format::affine from = a.from;
    detail::for_each_row(a, [&](float* y, const std::uint8_t* x) {
        for (std::size_t i = 0; i < a.count; ++i)
            y[i] = format::decode(from, x[i]);
    });
}

inline void table_u8(const table_u8_args& a) noexcept {
    detail::for_each_row(a, [&](std::uint8_t* y, const std::uint8_t* x) {
        for (std::size_t i = 0; i < a.count; ++i)
            y[i] = a.table[x[i]];
    });
}

inline void add_u8(const add_u8_args& args) noexcept {
    const format::code_adder add(args.factors, args.lowest - args.moved, args.highest - args.moved);
    detail::for_each_pair(args, [&](std::int32_t a, std::int32_t b) {
        return add(a - args.moved, b - args.moved) + args.moved;
    });
}

inline void mul_u8(const mul_u8_args& args) noexcept {
    detail::for_each_pair(args, [&](std::int32_t a, std::int32_t b) {
        return format::multiply_codes(a, args.a_zero, b, args.b_zero, args.factor, args.zero - args.moved,
                                      args.lowest - args.moved, args.highest - args.moved) +
               args.moved;
    });
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<quantize_args> : portable_function<quantize_args, &portable::quantize> {};
template <>
struct portable_entry<dequantize_args> : portable_function<dequantize_args, &portable::dequantize> {};
template <>
struct portable_entry<table_u8_args> : portable_function<table_u8_args, &portable::table_u8> {};
template <>
struct portable_entry<add_u8_args> : portable_function<add_u8_args, &portable::add_u8> {};
template <>
struct portable_entry<mul_u8_args> : portable_function<mul_u8_args, &portable::mul_u8> {};

} // namespace pith::kernel

#endif
