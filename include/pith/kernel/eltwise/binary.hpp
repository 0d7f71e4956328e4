// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_BINARY_HPP
#define PITH_KERNEL_ELTWISE_BINARY_HPP
/// Functions of two floats with broadcasting.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../axes.hpp"
#include "../entry.hpp"
#include "args.hpp"
#include "unary.hpp"

namespace pith::kernel {

/// Calls f(g), g the function of two floats that `op` names. Minima and maxima pass NaN on.
template <class F>
void with_binary(format::binary_op op, const F& f) noexcept {
    using enum format::binary_op;
    switch (op) {
    case add:
        return f([](float a, float b) { return a + b; });
    case sub:
        return f([](float a, float b) { return a - b; });
    case mul:
        return f([](float a, float b) { return a * b; });
    case div:
        return f([](float a, float b) { return a / b; });
    case min:
        return f([](float a, float b) { return a < b || a != a ? a : b; });
    case max:
        return f([](float a, float b) { return a > b || a != a ? a : b; });
    case pow:
        return f([](float a, float b) { return std::pow(a, b); });
    case prelu:
        return f([](float a, float b) { return a < 0.f ? a * b : a; });
    case keep:
        return f([](float a, float b) { return b != 0.f ? a : 0.f; });
    default: // comparisons are no operations of a program
        return;
    }
}

/// The axes of `a` merged; operand 0 is a, 1 is b, 2 the output. The last axis has strides 0 or 1 for most.
[[nodiscard]] inline axes<3> merged_axes(const binary_f32_args& a) noexcept {
    axes<3> merged;
    for (std::uint32_t i = 0; i < a.rank; ++i)
        merged.push(a.sizes[i], {a.a_strides[i], a.b_strides[i], a.output_strides[i]});
    if (merged.rank == 0) {
        merged.rank = 1;
        merged.sizes[0] = 1;
    }
    return merged;
}

namespace portable {

inline void binary_f32(const binary_f32_args& args) noexcept {
    const axes<3> merged = merged_axes(args);
    const std::uint32_t last = merged.rank - 1;
    const std::size_t count = merged.sizes[last];
    const std::ptrdiff_t step[3] = {merged.strides[0][last], merged.strides[1][last],
                                    merged.strides[2][last]};
    with_binary(args.op, [&](const auto& g) {
        for_each_outer(merged, 1, [&](const std::ptrdiff_t(&at)[3]) {
            const float* a = args.a + at[0];
            const float* b = args.b + at[1];
            float* y = args.output + at[2];
            for (std::size_t i = 0; i < count; ++i, a += step[0], b += step[1], y += step[2])
                *y = clamp(g(*a, *b), args.low, args.high);
        });
    });
}

} // namespace portable

} // namespace pith::kernel

namespace pith::kernel {

template <>
struct portable_entry<binary_f32_args> : portable_function<binary_f32_args, &portable::binary_f32> {};

} // namespace pith::kernel

#endif
