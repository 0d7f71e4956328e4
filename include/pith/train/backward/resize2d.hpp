// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_RESIZE2D_HPP
#define PITH_TRAIN_BACKWARD_RESIZE2D_HPP
/// Resized images in training: every output hands its gradient back to the pixels it was made of.

#include <cstddef>
#include <cstdint>

#include "../../graph/layer/resize2d.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<resize2d> : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const resize2d& layer, step<T>& s);
    template <class T>
    static void backward_step(const resize2d& layer, step<T>& s);
};

template <class T>
result<void> layer_training<resize2d>::forward_step(const resize2d& layer, step<T>& s) {
    return detail::forward_by_graph(layer, s);
}

template <class T>
void layer_training<resize2d>::backward_step(const resize2d& layer, step<T>& s) {
    T* const dx = open_gradient(s.in[0]);
    if (dx == nullptr)
        return;
    const shape& x = s.in[0].dims;
    const auto rows = pith::detail::make_taps(layer, x, 0);
    const auto columns = pith::detail::make_taps(layer, x, 1);
    const std::size_t taps = format::resize_taps(layer.mode);
    const auto channels = static_cast<std::size_t>(x[3]);
    const T* g = s.out[0].gradient;
    for (std::int64_t n = 0; n < x[0]; ++n)
        for (std::size_t r = 0; r < rows.indices.size(); r += taps)
            for (std::size_t c = 0; c < columns.indices.size(); c += taps, g += channels)
                for (std::size_t i = 0; i < taps; ++i)
                    for (std::size_t j = 0; j < taps; ++j) {
                        const T weight =
                            static_cast<T>(rows.weights[r + i]) * static_cast<T>(columns.weights[c + j]);
                        T* to =
                            dx + ((n * x[1] + rows.indices[r + i]) * x[2] + columns.indices[c + j]) * x[3];
                        for (std::size_t k = 0; k < channels; ++k)
                            to[k] += weight * g[k];
                    }
}

} // namespace pith::train

#endif
