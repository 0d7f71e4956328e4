// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_ELTWISE_UNARY_HPP
#define PITH_KERNEL_ELTWISE_UNARY_HPP
/// Functions of one float. NaN goes through every one of them.

#include <cmath>
#include <cstdint>

#include "../entry.hpp"
#include "args.hpp"

namespace pith::kernel {

namespace detail {

[[nodiscard]] inline float logistic(float x) noexcept {
    return 1.f / (1.f + std::exp(-x));
}

[[nodiscard]] inline float softplus(float x) noexcept {
    return (x < 0.f ? 0.f : x) + std::log1p(std::exp(-std::fabs(x)));
}

[[nodiscard]] inline float gelu(float x, bool by_tanh) noexcept {
    if (by_tanh)
        return 0.5f * x * (1.f + std::tanh(0.7978845608f * (x + 0.044715f * x * x * x)));
    return 0.5f * x * (1.f + std::erf(x * 0.7071067812f));
}

} // namespace detail

/// x limited to [low, high].
[[nodiscard]] constexpr float clamp(float x, float low, float high) noexcept {
    x = x < low ? low : x;
    return x > high ? high : x;
}

/// Calls f(g), g the function of one float that `op` names.
template <class F>
void with_unary(format::unary_op op, float alpha, float beta, const F& f) noexcept {
    using enum format::unary_op;
    switch (op) {
    case identity:
        return f([](float x) { return x; });
    case relu:
        return f([](float x) { return x < 0.f ? 0.f : x; });
    case clip:
        return f([=](float x) { return clamp(x, alpha, beta); });
    case leaky_relu:
        return f([=](float x) { return x < 0.f ? alpha * x : x; });
    case sigmoid:
        return f([](float x) { return detail::logistic(x); });
    case tanh:
        return f([](float x) { return std::tanh(x); });
    case hard_sigmoid:
        return f([=](float x) { return clamp(alpha * x + beta, 0.f, 1.f); });
    case hard_swish:
        return f([](float x) { return x * clamp(x * (1.f / 6.f) + 0.5f, 0.f, 1.f); });
    case silu:
        return f([=](float x) { return x * detail::logistic(alpha * x); });
    case elu:
        return f([=](float x) { return x < 0.f ? alpha * std::expm1(x) : x; });
    case selu:
        return f([=](float x) { return beta * (x < 0.f ? alpha * std::expm1(x) : x); });
    case gelu:
        return f([=](float x) { return detail::gelu(x, alpha != 0.f); });
    case softplus:
        return f([](float x) { return detail::softplus(x); });
    case softsign:
        return f([](float x) { return x / (1.f + std::fabs(x)); });
    case mish:
        return f([](float x) { return x * std::tanh(detail::softplus(x)); });
    case thresholded_relu:
        return f([=](float x) { return x <= alpha ? 0.f : x; });
    case exp:
        return f([](float x) { return std::exp(x); });
    case log:
        return f([](float x) { return std::log(x); });
    case sqrt:
        return f([](float x) { return std::sqrt(x); });
    case reciprocal:
        return f([](float x) { return 1.f / x; });
    case abs:
        return f([](float x) { return std::fabs(x); });
    case neg:
        return f([](float x) { return -x; });
    case sign:
        return f([](float x) { return x > 0.f ? 1.f : x < 0.f ? -1.f : x; });
    case floor:
        return f([](float x) { return std::floor(x); });
    case ceil:
        return f([](float x) { return std::ceil(x); });
    case round:
        return f([](float x) { return std::nearbyint(x); });
    case erf:
        return f([](float x) { return std::erf(x); });
    case sin:
        return f([](float x) { return std::sin(x); });
    case cos:
        return f([](float x) { return std::cos(x); });
    }
}

/// One value of a unary operation.
[[nodiscard]] inline float unary_value(format::unary_op op, float alpha, float beta, float x) noexcept {
    float y = x;
    with_unary(op, alpha, beta, [&](const auto& g) { y = g(x); });
    return y;
}

namespace portable {

inline void unary_f32(const unary_f32_args& a) noexcept {
    with_unary(a.op, a.alpha, a.beta, [&](const auto& g) {
        for (std::size_t r = 0; r < a.rows; ++r) {
            const float* x = a.input + static_cast<std::ptrdiff_t>(r) * a.input_row_stride;
            float* y = a.output + static_cast<std::ptrdiff_t>(r) * a.output_row_stride;
            for (std::size_t i = 0; i < a.count; ++i)
                y[i] = g(x[i]);
        }
    });
}

} // namespace portable

} // namespace pith::kernel

namespace pith::kernel {

template <>
struct portable_entry<unary_f32_args> : portable_function<unary_f32_args, &portable::unary_f32> {};

} // namespace pith::kernel

#endif
