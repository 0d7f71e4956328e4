// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_SOFTMAX_PORTABLE_HPP
#define PITH_KERNEL_SOFTMAX_PORTABLE_HPP
/// Softmax in plain C++.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../../format/requantize.hpp"
#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// One row; consecutive elements are `step` apart. @pre size > 0
inline void softmax_row(const float* x, float* y, std::size_t size, std::size_t step, bool log) noexcept {
    float greatest = x[0];
    for (std::size_t i = 1; i < size; ++i)
        greatest = x[i * step] > greatest ? x[i * step] : greatest;
    float sum = 0.f;
    for (std::size_t i = 0; i < size; ++i) {
        const float e = std::exp(x[i * step] - greatest);
        sum += e;
        if (!log)
            y[i * step] = e;
    }
    const float log_sum = log ? std::log(sum) : 0.f;
    for (std::size_t i = 0; i < size; ++i)
        y[i * step] = log ? x[i * step] - greatest - log_sum : y[i * step] / sum;
}

/// @pre size > 0
inline void softmax_codes(const softmax_u8_args& a, const std::uint8_t* x, std::uint8_t* y) noexcept {
    std::int32_t greatest = 0;
    for (std::size_t i = 0; i < a.size; ++i)
        greatest = x[i * a.inner] > greatest ? x[i * a.inner] : greatest;
    const float* table = a.table + 255 - greatest;
    float sum = 0.f;
    for (std::size_t i = 0; i < a.size; ++i)
        sum += table[x[i * a.inner]];
    for (std::size_t i = 0; i < a.size; ++i) {
        const float e = table[x[i * a.inner]];
        const float scaled = e * a.levels;
        // Near the greatest code of a finely scaled output the product leaves the floats.
        const float quotient = scaled <= 3.402823466e38f
                                   ? scaled / sum
                                   : static_cast<float>(static_cast<double>(e) / static_cast<double>(sum) *
                                                        static_cast<double>(a.levels));
        y[i * a.inner] = static_cast<std::uint8_t>(
            format::round_clamped(quotient, a.lowest - a.zero, a.highest - a.zero) + a.zero);
    }
}

} // namespace detail

inline void softmax_f32(const softmax_f32_args& a) noexcept {
    if (a.size == 0)
        return;
    for (std::size_t o = 0; o < a.outer; ++o)
        for (std::size_t i = 0; i < a.inner; ++i) {
            const std::size_t at = o * a.size * a.inner + i;
            detail::softmax_row(a.input + at, a.output + at, a.size, a.inner, a.log);
        }
}

inline void softmax_u8(const softmax_u8_args& a) noexcept {
    if (a.size == 0)
        return;
    for (std::size_t o = 0; o < a.outer; ++o)
        for (std::size_t i = 0; i < a.inner; ++i) {
            const std::size_t at = o * a.size * a.inner + i;
            detail::softmax_codes(a, a.input + at, a.output + at);
        }
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<softmax_f32_args> : portable_function<softmax_f32_args, &portable::softmax_f32> {};
template <>
struct portable_entry<softmax_u8_args> : portable_function<softmax_u8_args, &portable::softmax_u8> {};

} // namespace pith::kernel

#endif
