// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_REDUCE_HPP
#define PITH_TRAIN_BACKWARD_REDUCE_HPP
/// Reductions in training.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../../graph/layer/reduce.hpp"
#include "../../graph/strides.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<reduce> : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const reduce& layer, step<T>& s);
    template <class T>
    static void backward_step(const reduce& layer, step<T>& s);
};

namespace detail {

/// Calls f(input element, output element) for every input of a reduction.
template <class F>
void for_each_reduced(const reduce& layer, const shape& x, const F& f) {
    strides to = dense_strides(pith::detail::reduced(layer, x, true));
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = i < x.rank() && !pith::detail::reduces(layer, i) ? to[i] : 0;
    const std::int64_t length = x.rank() == 0 ? 1 : x.back();
    const std::int64_t step = x.rank() == 0 ? 0 : to[x.rank() - 1];
    for_each_row(x, to, to, [&](std::int64_t from, std::int64_t at, std::int64_t) {
        for (std::int64_t i = 0; i < length; ++i)
            f(static_cast<std::size_t>(from + i), static_cast<std::size_t>(at + i * step));
    });
}

/// What the gradient of an output needs to know of all its inputs: how many equal it (max, min), or how many
/// are zero and the product of the others (prod).
template <class T>
struct reduced_fact {
    std::size_t count = 0;
    T product{1};
};

template <class T>
[[nodiscard]] std::vector<reduced_fact<T>> facts_of(const reduce& layer, const slot<T>& in,
                                                    const slot<T>& out) {
    std::vector<reduced_fact<T>> facts(out.size());
    for_each_reduced(layer, in.dims, [&](std::size_t i, std::size_t o) {
        const T x = in.value[i];
        if (layer.op == reduce_op::prod) {
            facts[o].count += x == 0 ? 1 : 0;
            facts[o].product *= x == 0 ? T{1} : x;
        } else {
            facts[o].count += x == out.value[o] ? 1 : 0;
        }
    });
    return facts;
}

/// Derivative of the reduction y with respect to one of its inputs.
template <class T>
[[nodiscard]] T reduce_slope(reduce_op op, T x, T y, T inputs, const reduced_fact<T>& fact) noexcept {
    switch (op) {
    case reduce_op::mean:
        return 1 / inputs;
    case reduce_op::sum:
        return 1;
    case reduce_op::max:
    case reduce_op::min: // inputs that tie share it
        return x == y ? 1 / static_cast<T>(fact.count) : 0;
    case reduce_op::prod:
        if (fact.count == 0)
            return y / x;
        return fact.count == 1 && x == 0 ? fact.product : 0;
    case reduce_op::l1:
        return x > 0 ? T{1} : x < 0 ? T{-1} : T{0};
    case reduce_op::l2:
        return y > 0 ? x / y : 0;
    case reduce_op::sum_square:
        return 2 * x;
    case reduce_op::log_sum:
        return std::exp(-y);
    case reduce_op::log_sum_exp:
        return std::exp(x - y);
    default:
        return 0;
    }
}

} // namespace detail

template <class T>
result<void> layer_training<reduce>::forward_step(const reduce& layer, step<T>& s) {
    return detail::forward_by_graph(layer, s);
}

template <class T>
void layer_training<reduce>::backward_step(const reduce& layer, step<T>& s) {
    T* const dx = format::gives_place(layer.op) ? nullptr : open_gradient(s.in[0]);
    if (dx == nullptr)
        return;
    std::vector<detail::reduced_fact<T>> facts(s.out[0].size());
    if (layer.op == reduce_op::max || layer.op == reduce_op::min || layer.op == reduce_op::prod)
        facts = detail::facts_of(layer, s.in[0], s.out[0]);
    const T inputs = static_cast<T>(s.in[0].size()) / static_cast<T>(s.out[0].size());
    detail::for_each_reduced(layer, s.in[0].dims, [&](std::size_t i, std::size_t o) {
        dx[i] += s.out[0].gradient[o] *
                 detail::reduce_slope(layer.op, s.in[0].value[i], s.out[0].value[o], inputs, facts[o]);
    });
}

} // namespace pith::train

#endif
