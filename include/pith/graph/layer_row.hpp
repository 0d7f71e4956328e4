// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_ROW_HPP
#define PITH_GRAPH_LAYER_ROW_HPP
/// A conv2d or dense layer as a matrix product: what one of its output positions reads.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "layer/conv2d.hpp"
#include "layers.hpp"
#include "tensor.hpp"

namespace pith {

/// Writes what output position `at` of `layer` reads, for group g, to in + g * group_stride, in the order of
/// the weights of one output; zeros where it reads padding.
/// @param w the weights, of which only the sizes count
template <class S, class T, class Layers>
void copy_row(const Layers& layer, const tensor<T>& w, const tensor<T>& x, std::size_t at, S* in,
              std::size_t group_stride) {
    const auto as_scalar = [](T v) { return static_cast<S>(v); };
    const auto* conv = layer_as<conv2d>(layer);
    if (conv == nullptr) {
        const auto depth = static_cast<std::size_t>(w.dims()[1]);
        std::transform(x.data().data() + at * depth, x.data().data() + (at + 1) * depth, in, as_scalar);
        return;
    }
    tensor<T> nothing;
    const detail::convolution<T> over{*conv, x, w, nothing};
    const auto columns = *outputs_of(detail::conv_axis(*conv, x.dims(), w.dims(), 1));
    const auto rows = *outputs_of(detail::conv_axis(*conv, x.dims(), w.dims(), 0));
    const auto p = static_cast<std::int64_t>(at);
    const std::int64_t channels = w.dims()[3];
    over.for_each_tap(
        p / (rows * columns), p / columns % rows, p % columns, [&](std::int64_t tap, const T* from) {
            for (std::size_t g = 0; g < conv->groups; ++g) {
                S* to = in + g * group_stride + tap * channels;
                if (from == nullptr)
                    std::fill_n(to, channels, S{0});
                else
                    std::transform(from + static_cast<std::int64_t>(g) * channels,
                                   from + static_cast<std::int64_t>(g + 1) * channels, to, as_scalar);
            }
        });
}

} // namespace pith

#endif
