// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_POOL2D_HPP
#define PITH_TRAIN_BACKWARD_POOL2D_HPP
/// Pooling in training. Of maxima that tie, the first gets the gradient.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../graph/layer/pool2d.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"

namespace pith::train {

template <>
struct layer_training<pool2d> : learns_nothing {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const pool2d& layer, step<T>& s);
    template <class T>
    static void backward_step(const pool2d& layer, step<T>& s);
};

namespace detail {

/// Calls pixel(output offset, taps, divisor) for the outputs of image n, where taps(f) calls f(input offset)
/// for each tap inside the image and divisor is what an average divides by.
template <class Pixel>
void for_each_pool(const pool2d& layer, const shape& x, const shape& y, std::size_t n, const Pixel& pixel) {
    const window_axis high = pith::detail::pool_axis(layer, x, 0);
    const window_axis wide = pith::detail::pool_axis(layer, x, 1);
    const auto image = static_cast<std::int64_t>(n);
    const auto count = [](const window_axis& a, std::int64_t at, std::int64_t limit, std::int64_t least) {
        std::int64_t c = 0;
        for (std::int64_t i = 0; i < a.kernel; ++i)
            c += at + i * a.dilation >= least && at + i * a.dilation < limit ? 1 : 0;
        return c;
    };
    for (std::int64_t r = 0; r < y[1]; ++r)
        for (std::int64_t c = 0; c < y[2]; ++c) {
            const std::int64_t top = r * high.stride - high.before;
            const std::int64_t left = c * wide.stride - wide.before;
            const auto taps = [&](const auto& f) {
                for (std::int64_t i = top; i < top + high.kernel * high.dilation; i += high.dilation)
                    for (std::int64_t j = left; j < left + wide.kernel * wide.dilation; j += wide.dilation)
                        if (i >= 0 && i < x[1] && j >= 0 && j < x[2])
                            f(((image * x[1] + i) * x[2] + j) * x[3]);
            };
            const bool all = layer.count_include_pad && !layer.global;
            const std::int64_t divisor =
                all ? count(high, top, x[1] + high.after, top) * count(wide, left, x[2] + wide.after, left)
                    : count(high, top, x[1], 0) * count(wide, left, x[2], 0);
            pixel(((image * y[1] + r) * y[2] + c) * y[3], taps, divisor);
        }
}

} // namespace detail

template <class T>
result<void> layer_training<pool2d>::forward_step(const pool2d& layer, step<T>& s) {
    const shape& dims = s.in[0].dims;
    const auto channels = static_cast<std::size_t>(dims[3]);
    parallel_for(static_cast<std::size_t>(dims[0]), [&](std::size_t n) {
        detail::for_each_pool(layer, dims, s.out[0].dims, n,
                              [&](std::int64_t to, const auto& taps, std::int64_t divisor) {
                                  T* y = s.out[0].value + to;
                                  const bool max = layer.op == pool_op::max;
                                  std::fill_n(y, channels, max ? std::numeric_limits<T>::lowest() : T{0});
                                  taps([&](std::int64_t from) {
                                      const T* x = s.in[0].value + from;
                                      if (max)
                                          for (std::size_t c = 0; c < channels; ++c)
                                              y[c] = x[c] > y[c] ? x[c] : y[c];
                                      else
                                          for (std::size_t c = 0; c < channels; ++c)
                                              y[c] += x[c];
                                  });
                                  for (std::size_t c = 0; !max && divisor > 0 && c < channels; ++c)
                                      y[c] /= static_cast<T>(divisor);
                              });
    });
    return {};
}

template <class T>
void layer_training<pool2d>::backward_step(const pool2d& layer, step<T>& s) {
    T* const dx = open_gradient(s.in[0]);
    if (dx == nullptr)
        return;
    const shape& dims = s.in[0].dims;
    const auto channels = static_cast<std::size_t>(dims[3]);
    T* left = s.keep(0, static_cast<std::size_t>(dims[0]) * channels); // gradient not handed out yet
    parallel_for(static_cast<std::size_t>(dims[0]), [&](std::size_t n) {
        T* const rest = left + n * channels;
        detail::for_each_pool(layer, dims, s.out[0].dims, n,
                              [&](std::int64_t at, const auto& taps, std::int64_t divisor) {
                                  const T* y = s.out[0].value + at;
                                  const bool max = layer.op == pool_op::max;
                                  const T share = max || divisor == 0 ? T{1} : 1 / static_cast<T>(divisor);
                                  for (std::size_t c = 0; c < channels; ++c)
                                      rest[c] = s.out[0].gradient[static_cast<std::size_t>(at) + c] * share;
                                  taps([&](std::int64_t to) {
                                      const T* x = s.in[0].value + to;
                                      for (std::size_t c = 0; c < channels; ++c) {
                                          if (max && x[c] != y[c])
                                              continue;
                                          dx[static_cast<std::size_t>(to) + c] += rest[c];
                                          rest[c] = max ? T{0} : rest[c];
                                      }
                                  });
                              });
    });
}

} // namespace pith::train

#endif
