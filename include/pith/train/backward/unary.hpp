// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_UNARY_HPP
#define PITH_TRAIN_BACKWARD_UNARY_HPP
/// Element-wise functions of one value in training.

#include <cmath>
#include <cstddef>
#include <numbers>

#include "../../graph/layer/unary.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<unary> : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const unary& layer, step<T>& s);
    template <class T>
    static void backward_step(const unary& layer, step<T>& s);
};

namespace detail {

/// Derivative of x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
template <class T>
[[nodiscard]] T approximate_gelu_derivative(T x) noexcept {
    const T root = std::numbers::inv_sqrtpi_v<T> * std::numbers::sqrt2_v<T>;
    const T cubic = static_cast<T>(0.044715);
    const T t = std::tanh(root * (x + cubic * x * x * x));
    return (1 + t) / 2 + x / 2 * (1 - t * t) * root * (1 + 3 * cubic * x * x);
}

template <class T>
[[nodiscard]] T mish_derivative(T x) noexcept {
    const T t = std::tanh(pith::detail::soft_plus(x));
    return t + x * (1 - t * t) * pith::detail::logistic(x);
}

} // namespace detail

/// d apply(layer, x) / dx where y = apply(layer, x); a one-sided derivative (0 for relu) where it has a kink,
/// 0 for functions of steps.
template <class T>
[[nodiscard]] T derivative(const unary& layer, T x, T y) noexcept {
    const T alpha = static_cast<T>(layer.alpha);
    const T beta = static_cast<T>(layer.beta);
    switch (layer.op) {
    case unary_op::identity:
        return 1;
    case unary_op::relu:
        return x > 0 ? 1 : 0;
    case unary_op::clip:
        return x > alpha && x < beta ? 1 : 0;
    case unary_op::leaky_relu:
        return x < 0 ? alpha : 1;
    case unary_op::sigmoid:
        return y * (1 - y);
    case unary_op::tanh:
        return 1 - y * y;
    case unary_op::hard_sigmoid:
        return y > 0 && y < 1 ? alpha : 0;
    case unary_op::hard_swish:
        return x <= -3 ? 0 : x >= 3 ? T{1} : x / 3 + static_cast<T>(0.5);
    case unary_op::silu: {
        const T s = pith::detail::logistic(alpha * x);
        return s + alpha * x * s * (1 - s);
    }
    case unary_op::elu:
        return x < 0 ? alpha * std::exp(x) : 1;
    case unary_op::selu:
        return beta * (x < 0 ? alpha * std::exp(x) : 1);
    case unary_op::gelu: {
        if (alpha != 0)
            return detail::approximate_gelu_derivative(x);
        const T half_root = std::numbers::sqrt2_v<T> / 2;
        return (1 + std::erf(x * half_root)) / 2 +
               x * std::exp(-x * x / 2) * half_root * std::numbers::inv_sqrtpi_v<T>;
    }
    case unary_op::softplus:
        return pith::detail::logistic(x);
    case unary_op::softsign:
        return 1 / ((1 + std::abs(x)) * (1 + std::abs(x)));
    case unary_op::mish:
        return detail::mish_derivative(x);
    case unary_op::thresholded_relu:
        return x > alpha ? 1 : 0;
    case unary_op::exp:
        return y;
    case unary_op::log:
        return 1 / x;
    case unary_op::sqrt:
        return 1 / (2 * y);
    case unary_op::reciprocal:
        return -y * y;
    case unary_op::abs:
        return x > 0 ? T{1} : x < 0 ? T{-1} : T{0};
    case unary_op::neg:
        return -1;
    case unary_op::sign:
    case unary_op::floor:
    case unary_op::ceil:
    case unary_op::round:
        return 0;
    case unary_op::erf:
        return 2 * std::numbers::inv_sqrtpi_v<T> * std::exp(-x * x);
    case unary_op::sin:
        return std::cos(x);
    case unary_op::cos:
        return -std::sin(x);
    }
    return 0;
}

template <class T>
result<void> layer_training<unary>::forward_step(const unary& layer, step<T>& s) {
    const T* x = s.in[0].value;
    T* y = s.out[0].value;
    for_each_block(s.out[0].size(), most_blocks, [&](std::size_t, std::size_t first, std::size_t last) {
        if (layer.op == unary_op::relu)
            s.kernels.rectify({.count = last - first, .x = x + first, .y = y + first});
        else
            for (std::size_t i = first; i < last; ++i)
                y[i] = apply(layer, x[i]);
    });
    return {};
}

template <class T>
void layer_training<unary>::backward_step(const unary& layer, step<T>& s) {
    slot<T>& in = s.in[0];
    if (in.gradient == nullptr)
        return;
    const T* y = s.out[0].value;
    const T* g = s.out[0].gradient;
    for_each_block(in.size(), most_blocks, [&](std::size_t, std::size_t first, std::size_t last) {
        if (layer.op == unary_op::relu)
            s.kernels.rectify_gradient(
                {last - first, in.value + first, g + first, in.gradient + first, in.accumulate});
        else
            for (std::size_t i = first; i < last; ++i)
                in.gradient[i] =
                    (in.accumulate ? in.gradient[i] : T{0}) + g[i] * derivative(layer, in.value[i], y[i]);
    });
}

} // namespace pith::train

#endif
