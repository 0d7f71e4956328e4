// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_MATMUL_HPP
#define PITH_TRAIN_BACKWARD_MATMUL_HPP
/// Matrix products of two activations in training.

#include <cstddef>
#include <cstdint>

#include "../../graph/gemm.hpp"
#include "../../graph/layer/matmul.hpp"
#include "../../graph/strides.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<matmul> {
    [[nodiscard]] static std::vector<learned_input> learned(const matmul&) {
        return {{0, role::weight}, {1, role::weight}};
    }
    template <class T>
    [[nodiscard]] static result<void> forward_step(const matmul& layer, step<T>& s);
    template <class T>
    static void backward_step(const matmul& layer, step<T>& s);
};

template <class T>
result<void> layer_training<matmul>::forward_step(const matmul& layer, step<T>& s) {
    return detail::forward_by_graph(layer, s);
}

/// da = g b^T, db = a^T g; the gradient of a factor that was broadcast is summed.
template <class T>
void layer_training<matmul>::backward_step(const matmul&, step<T>& s) {
    const shape& a = s.in[0].dims;
    const shape& b = s.in[1].dims;
    const auto m = static_cast<std::size_t>(a[a.rank() - 2]);
    const auto k = static_cast<std::size_t>(a.back());
    const auto n = static_cast<std::size_t>(b.back());
    T* const da = open_gradient(s.in[0]);
    T* const db = open_gradient(s.in[1]);
    T* const turned = s.keep(0, m * k);
    T* const product = s.keep(1, m * k > k * n ? m * k : k * n);
    const auto add = [&](T* to, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            to[i] += product[i];
    };
    const shape batch = pith::detail::batch_axes(s.out[0].dims);
    shape each = batch; // rows of length 1: one per product
    each.push_back(1);
    const strides step_a = broadcast_strides(pith::detail::batch_axes(a), batch);
    const strides step_b = broadcast_strides(pith::detail::batch_axes(b), batch);
    for_each_row(each, step_a, step_b, [&](std::int64_t i, std::int64_t at_a, std::int64_t at_b) {
        const std::size_t first_a = static_cast<std::size_t>(at_a) * m * k;
        const std::size_t first_b = static_cast<std::size_t>(at_b) * k * n;
        const T* g = s.out[0].gradient + static_cast<std::size_t>(i) * m * n;
        if (da != nullptr) {
            gemm_nt<T>({m, k, n, n, n, k}, g, s.in[1].value + first_b, product);
            add(da + first_a, m * k);
        }
        if (db != nullptr) {
            for (std::size_t r = 0; r < m; ++r)
                for (std::size_t c = 0; c < k; ++c)
                    turned[c * m + r] = s.in[0].value[first_a + r * k + c];
            gemm_nn<T>({k, n, m, m, n, n}, turned, g, product);
            add(db + first_b, k * n);
        }
    });
}

} // namespace pith::train

#endif
