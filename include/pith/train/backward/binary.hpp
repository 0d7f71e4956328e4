// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_BINARY_HPP
#define PITH_TRAIN_BACKWARD_BINARY_HPP
/// Element-wise functions of two values in training: the gradient of what was broadcast is summed.

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "../../graph/layer/binary.hpp"
#include "../../graph/strides.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<binary> {
    [[nodiscard]] static std::vector<learned_input> learned(const binary& layer) {
        if (layer.op != binary_op::prelu)
            return {};
        return {{1, role::slope}};
    }
    template <class T>
    [[nodiscard]] static result<void> forward_step(const binary& layer, step<T>& s);
    template <class T>
    static void backward_step(const binary& layer, step<T>& s);
};

namespace detail {

template <class T>
struct binary_slopes {
    T a;
    T b;
};

/// Derivatives of y = apply(op, a, b) with respect to a and b; the first operand's where min or max tie.
template <class T>
[[nodiscard]] binary_slopes<T> slopes(binary_op op, T a, T b, T y) noexcept {
    switch (op) {
    case binary_op::add:
        return {1, 1};
    case binary_op::sub:
        return {1, -1};
    case binary_op::mul:
        return {b, a};
    case binary_op::div:
        return {1 / b, -y / b};
    case binary_op::min:
        return b < a ? binary_slopes<T>{0, 1} : binary_slopes<T>{1, 0};
    case binary_op::max:
        return a < b ? binary_slopes<T>{0, 1} : binary_slopes<T>{1, 0};
    case binary_op::pow:
        return {b * std::pow(a, b - 1), a > 0 ? y * std::log(a) : T{0}};
    case binary_op::prelu:
        return a >= 0 ? binary_slopes<T>{1, 0} : binary_slopes<T>{b, a};
    case binary_op::keep:
        return b != 0 ? binary_slopes<T>{1, 0} : binary_slopes<T>{0, 0};
    default:
        return {0, 0};
    }
}

/// Calls f(output, first, second) for the element offsets of a broadcast operation.
template <class F>
void for_each_pair(const shape& out, const shape& a, const shape& b, const F& f) {
    const strides sa = broadcast_strides(a, out);
    const strides sb = broadcast_strides(b, out);
    const std::size_t rank = out.rank();
    const std::int64_t length = rank == 0 ? 1 : out.back();
    const std::int64_t step_a = rank == 0 ? 0 : sa[rank - 1];
    const std::int64_t step_b = rank == 0 ? 0 : sb[rank - 1];
    for_each_row(out, sa, sb, [&](std::int64_t to, std::int64_t at_a, std::int64_t at_b) {
        for (std::int64_t i = 0; i < length; ++i)
            f(to + i, at_a + i * step_a, at_b + i * step_b);
    });
}

} // namespace detail

template <class T>
result<void> layer_training<binary>::forward_step(const binary& layer, step<T>& s) {
    const slot<T>& a = s.in[0];
    const slot<T>& b = s.in[1];
    if (a.value == nullptr || b.value == nullptr || format::compares(layer.op))
        return detail::forward_by_graph(layer, s);
    T* y = s.out[0].value;
    if (layer.op == binary_op::add && a.dims == b.dims) {
        for_each_block(a.size(), most_blocks, [&](std::size_t, std::size_t first, std::size_t last) {
            s.kernels.copy({.count = last - first, .x = a.value + first, .y = y + first});
            s.kernels.copy({.count = last - first, .x = b.value + first, .y = y + first, .accumulate = true});
        });
        return {};
    }
    detail::for_each_pair(s.out[0].dims, a.dims, b.dims, [&](std::int64_t i, std::int64_t k, std::int64_t l) {
        y[i] = pith::detail::apply(layer.op, a.value[k], b.value[l]);
    });
    return {};
}

template <class T>
void layer_training<binary>::backward_step(const binary& layer, step<T>& s) {
    const slot<T>& a = s.in[0];
    const slot<T>& b = s.in[1];
    if (format::compares(layer.op))
        return;
    if (layer.op == binary_op::add && a.dims == b.dims) {
        for (const slot<T>& in : s.in)
            if (in.gradient != nullptr)
                s.kernels.copy({.count = in.size(),
                                .x = s.out[0].gradient,
                                .y = in.gradient,
                                .accumulate = in.accumulate});
        return;
    }
    T* const da = open_gradient(s.in[0]);
    T* const db = open_gradient(s.in[1]);
    const T* g = s.out[0].gradient;
    const T* y = s.out[0].value;
    const auto element = [](const slot<T>& from, std::int64_t i) {
        return from.value != nullptr ? from.value[i]
                                     : static_cast<T>((*from.wholes)[static_cast<std::size_t>(i)]);
    };
    detail::for_each_pair(s.out[0].dims, a.dims, b.dims, [&](std::int64_t i, std::int64_t k, std::int64_t l) {
        const auto slope = detail::slopes(layer.op, element(a, k), element(b, l), y[i]);
        if (da != nullptr)
            da[k] += g[i] * slope.a;
        if (db != nullptr)
            db[l] += g[i] * slope.b;
    });
}

} // namespace pith::train

#endif
