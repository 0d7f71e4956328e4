// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_SOFTMAX_HPP
#define PITH_TRAIN_BACKWARD_SOFTMAX_HPP
/// Softmax and its logarithm in training.

#include <cmath>
#include <cstddef>

#include "../../graph/layer/softmax.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<softmax> : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const softmax& layer, step<T>& s);
    template <class T>
    static void backward_step(const softmax& layer, step<T>& s);
};

template <class T>
result<void> layer_training<softmax>::forward_step(const softmax& layer, step<T>& s) {
    return detail::forward_by_graph(layer, s);
}

template <class T>
void layer_training<softmax>::backward_step(const softmax& layer, step<T>& s) {
    T* const dx = open_gradient(s.in[0]);
    if (dx == nullptr)
        return;
    const shape& dims = s.out[0].dims;
    const auto size = static_cast<std::size_t>(dims[layer.axis]);
    const auto inner = static_cast<std::size_t>(dims.product(layer.axis + std::size_t{1}, dims.rank()));
    for (std::size_t k = 0; k < s.out[0].size() / size; ++k) {
        const std::size_t first = k / inner * size * inner + k % inner;
        const T* y = s.out[0].value + first;
        const T* g = s.out[0].gradient + first;
        T sum{0};
        for (std::size_t i = 0; i < size * inner; i += inner)
            sum += layer.log ? g[i] : g[i] * y[i];
        for (std::size_t i = 0; i < size * inner; i += inner)
            dx[first + i] += layer.log ? g[i] - std::exp(y[i]) * sum : y[i] * (g[i] - sum);
    }
}

} // namespace pith::train

#endif
