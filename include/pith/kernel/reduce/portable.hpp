// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_REDUCE_PORTABLE_HPP
#define PITH_KERNEL_REDUCE_PORTABLE_HPP
/// Reductions in plain C++. An axis of size 0 gives the neutral element.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel::portable {

namespace detail {

/// y[i] = step(y[i], x[r][i]) over all r, from y[i] = first; rows in the outer loop, so reads are contiguous.
template <class Step>
void accumulate(const float* x, float* y, const reduce_f32_args& a, float first, const Step& step) noexcept {
    for (std::size_t i = 0; i < a.inner; ++i)
        y[i] = first;
    for (std::size_t r = 0; r < a.size; ++r, x += a.inner)
        for (std::size_t i = 0; i < a.inner; ++i)
            y[i] = step(y[i], x[i]);
}

/// Long sums in a row (inner 1) keep eight partial sums.
inline void add_up(const float* x, float* y, const reduce_f32_args& a) noexcept {
    if (a.inner != 1)
        return accumulate(x, y, a, 0.f, [](float s, float v) { return s + v; });
    float parts[8] = {};
    std::size_t r = 0;
    for (; r + 8 <= a.size; r += 8)
        for (std::size_t i = 0; i < 8; ++i)
            parts[i] += x[r + i];
    for (std::size_t i = 0; r < a.size; ++r, ++i)
        parts[i] += x[r];
    y[0] = ((parts[0] + parts[1]) + (parts[2] + parts[3])) + ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}

inline void add_up_exponentials(const float* x, float* y, const reduce_f32_args& a) noexcept {
    for (std::size_t i = 0; i < a.inner; ++i) {
        float greatest = -__builtin_inff();
        for (std::size_t r = 0; r < a.size; ++r)
            greatest = x[r * a.inner + i] > greatest ? x[r * a.inner + i] : greatest;
        const float base = std::isinf(greatest) ? 0.f : greatest;
        float sum = 0.f;
        for (std::size_t r = 0; r < a.size; ++r)
            sum += std::exp(x[r * a.inner + i] - base);
        y[i] = std::log(sum) + base;
    }
}

/// y[i] = the place r of the extreme x[r][i], exact below 2^24.
inline void locate(const float* x, float* y, const reduce_f32_args& a) noexcept {
    for (std::size_t i = 0; i < a.inner; ++i) {
        std::size_t best = 0;
        for (std::size_t r = 1; r < a.size; ++r)
            if (format::takes_place(a.op, x[r * a.inner + i], x[best * a.inner + i]))
                best = r;
        y[i] = static_cast<float>(best);
    }
}

inline void reduce_block(const float* x, float* y, const reduce_f32_args& a) noexcept {
    using enum format::reduce_op;
    const auto each = [&](const auto& f) {
        for (std::size_t i = 0; i < a.inner; ++i)
            y[i] = f(y[i]);
    };
    const auto squares = [](float s, float v) { return s + v * v; };
    switch (a.op) {
    case mean:
        add_up(x, y, a);
        return each([n = static_cast<float>(a.size)](float s) { return s / n; });
    case sum:
        return add_up(x, y, a);
    case max:
        return accumulate(x, y, a, -__builtin_inff(),
                          [](float s, float v) { return s > v || s != s ? s : v; });
    case min:
        return accumulate(x, y, a, __builtin_inff(),
                          [](float s, float v) { return s < v || s != s ? s : v; });
    case prod:
        return accumulate(x, y, a, 1.f, [](float s, float v) { return s * v; });
    case l1:
        return accumulate(x, y, a, 0.f, [](float s, float v) { return s + std::fabs(v); });
    case l2:
        accumulate(x, y, a, 0.f, squares);
        return each([](float s) { return std::sqrt(s); });
    case sum_square:
        return accumulate(x, y, a, 0.f, squares);
    case log_sum:
        add_up(x, y, a);
        return each([](float s) { return std::log(s); });
    case log_sum_exp:
        return add_up_exponentials(x, y, a);
    default:
        return locate(x, y, a);
    }
}

} // namespace detail

inline void reduce_f32(const reduce_f32_args& a) noexcept {
    for (std::size_t o = 0; o < a.outer; ++o)
        detail::reduce_block(a.input + o * a.size * a.inner, a.output + o * a.inner, a);
}

} // namespace pith::kernel::portable

namespace pith::kernel {

template <>
struct portable_entry<reduce_f32_args> : portable_function<reduce_f32_args, &portable::reduce_f32> {};

} // namespace pith::kernel

#endif
