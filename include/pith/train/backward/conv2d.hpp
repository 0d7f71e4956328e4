// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_CONV2D_HPP
#define PITH_TRAIN_BACKWARD_CONV2D_HPP
/// Convolution in training: output, gradient of the input, gradient of the weights, image by image while the
/// image lies in the processor's near caches.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "../../graph/layer/conv2d.hpp"
#include "../layer_training.hpp"
#include "../step.hpp"
#include "../window_plan.hpp"
#include "conv_packing.hpp"

namespace pith::train {

template <>
struct layer_training<conv2d> : learns_weights {
    template <class T>
    [[nodiscard]] static result<void> forward_step(const conv2d& layer, step<T>& s);
    template <class T>
    static void backward_step(const conv2d& layer, step<T>& s);
};

namespace detail {

/// Rows of an image into the middle of its padded copy, whose border stays zero.
template <class T>
void copy_rows(const T* from, std::size_t rows, std::size_t row_size, T* to, std::size_t to_stride) {
    for (std::size_t r = 0; r < rows; ++r)
        std::memcpy(to + r * to_stride, from + r * row_size, row_size * sizeof(T));
}

/// Sums over codes become reals: y = y * factor + bias.
/// @param bias zeros where the layer has none
template <class T>
void scale_sums(const step<T>& s, std::size_t pixels, std::size_t channels, const T* bias, T* y) {
    s.kernels.normalize({pixels, channels, y, s.factor, bias, nullptr, false, y});
}

template <class T>
struct conv_run {
    const conv_plan& plan;
    conv_packing packing;
    step<T>& s;
    std::size_t blocks;

    // Memories of a step: bias padded to whole vectors, as many zeros, weights packed forward and backward;
    // and per block a padded image, a padded gradient and a part of the gradients of weights and bias.
    enum memory : std::size_t { bias, zeros, forward_weights, backward_weights, first_block };
    enum block_memory : std::size_t { image, gradient, weights, per_block };

    [[nodiscard]] std::size_t at(std::size_t block, block_memory m) const noexcept {
        return first_block + block * per_block + m;
    }

    [[nodiscard]] bool copies_image() const noexcept {
        return plan.is_padded() || s.in[0].deferred != nullptr;
    }
    [[nodiscard]] bool copies_gradient() const noexcept {
        return (plan.is_gradient_padded() && s.in[0].gradient != nullptr) || s.out[0].deferred != nullptr;
    }

    void reserve_forward() const {
        s.keep(bias, plan.out_channels + packing.lanes);
        for (std::size_t b = 0; b < blocks; ++b)
            s.keep(at(b, image), copies_image() ? plan.padded_size() : 0);
    }
    void reserve_backward() const {
        s.keep(zeros, plan.out_channels);
        for (std::size_t b = 0; b < blocks; ++b) {
            s.keep(at(b, gradient), copies_gradient() ? plan.gradient_size() : 0);
            const std::size_t size = packing.master_size() + 2 * plan.out_channels;
            std::fill_n(s.keep(at(b, weights), size), size, T{0});
        }
    }

    void pack_forward() const {
        packing.forward(s.in[1].value, s.keep(forward_weights, packing.forward_size()));
        T* b = s.keep(bias, plan.out_channels + packing.lanes);
        if (s.has_input(2))
            std::copy_n(s.in[2].value, plan.out_channels, b);
    }
    void pack_backward() const {
        packing.backward(s.in[1].real != nullptr ? s.in[1].real : s.in[1].value,
                         s.keep(backward_weights, packing.backward_size()));
    }

    /// Image n, normalised if that was left to this layer, with its padding around it.
    [[nodiscard]] const T* padded(std::size_t block, std::size_t n) const {
        const T* x = s.in[0].value + n * plan.in_size();
        if (!copies_image())
            return x;
        T* const whole = s.kept[at(block, image)].data();
        const std::size_t stride = plan.padded[1] * plan.in_channels;
        const std::size_t row = plan.in[1] * plan.in_channels;
        T* const to = whole + plan.before[0] * stride + plan.before[1] * plan.in_channels;
        const auto* norm = s.in[0].deferred;
        if (norm == nullptr)
            copy_rows(x, plan.in[0], row, to, stride);
        else
            for (std::size_t r = 0; r < plan.in[0]; ++r)
                s.kernels.normalize({plan.in[1], plan.in_channels, x + r * row, norm->scale, norm->offset,
                                     nullptr, norm->rectify, to + r * stride});
        return whole;
    }

    void forward(const conv2d& layer, std::size_t block, std::size_t n) const {
        const T* x = padded(block, n);
        kernel::conv_job<T> job;
        job.in_row = static_cast<std::ptrdiff_t>(layer.strides[0] * plan.padded[1] * plan.in_channels);
        job.in_column = static_cast<std::ptrdiff_t>(layer.strides[1] * plan.in_channels);
        job.window = plan.window.list();
        job.out_row = static_cast<std::ptrdiff_t>(plan.out[1] * plan.out_channels);
        job.out_column = static_cast<std::ptrdiff_t>(plan.out_channels);
        job.rows = plan.out[0];
        job.columns = plan.out[1];
        T* y = s.out[0].value + n * plan.out_size();
        const T* b = s.has_input(2) && s.factor == nullptr ? s.kept[bias].data() : nullptr;
        const T* w = s.kept[forward_weights].data();
        if (plan.depthwise) {
            job.in = x;
            job.weights = w;
            job.bias = b;
            job.out = y;
            job.channels = plan.out_channels;
            s.kernels.depthwise(job);
        }
        for (std::size_t g = 0; !plan.depthwise && g < plan.groups; ++g) {
            job.in = x + g * plan.group_in;
            job.weights = w + g * packing.forward_group();
            job.bias = b != nullptr ? b + g * plan.group_out : nullptr;
            job.out = y + g * plan.group_out;
            job.channels = plan.group_out;
            s.kernels.conv(job);
        }
        if (s.factor != nullptr)
            scale_sums(s, plan.out[0] * plan.out[1], plan.out_channels, s.kept[bias].data(), y);
    }

    /// Adds to the sums that the normalisation after this layer takes its statistics from.
    void sum_up(std::size_t block, std::size_t n) const {
        const auto* norm = s.out[0].deferred;
        T* const sums = norm->sums + block * 2 * plan.out_channels;
        s.kernels.moments({plan.out[0] * plan.out[1], plan.out_channels, s.out[0].value + n * plan.out_size(),
                           norm->shift, sums, sums + plan.out_channels});
    }

    /// An image's gradient in memory: its first pixel, and what lies between rows.
    struct gradient_image {
        const T* first;
        std::size_t stride;
    };

    /// The gradient of output n with zeros around it, turned into this layer's own if that was left to it.
    [[nodiscard]] gradient_image padded_gradient(std::size_t block, std::size_t n) const {
        const std::size_t row = plan.out[1] * plan.out_channels;
        if (!copies_gradient())
            return {s.out[0].gradient + n * plan.out_size(), row};
        const std::size_t stride = plan.gradient_padded[1] * plan.out_channels;
        T* const to = s.kept[at(block, gradient)].data() + plan.gradient_before[0] * stride +
                      plan.gradient_before[1] * plan.out_channels;
        const auto* norm = s.out[0].deferred;
        if (norm == nullptr) {
            copy_rows(s.out[0].gradient + n * plan.out_size(), plan.out[0], row, to, stride);
            return {to, stride};
        }
        kernel::channels_gradient_job<T> job;
        job.pixels = plan.out[1];
        job.channels = plan.out_channels;
        job.scale = norm->scale;
        job.offset = norm->offset;
        job.rectify = norm->rectify;
        job.slope = norm->slope;
        job.constant = norm->constant;
        for (std::size_t r = 0; r < plan.out[0]; ++r) {
            const std::size_t from = n * plan.out_size() + r * row;
            job.x = s.out[0].value + from;
            job.y = norm->y != nullptr ? norm->y + from : nullptr;
            job.gradient = norm->y_gradient + from;
            job.dx = to + r * stride;
            s.kernels.gradient(job);
        }
        return {to, stride};
    }

    void backward_data(const conv2d& layer, const gradient_image& dy, std::size_t n) const {
        T* dx = s.in[0].gradient + n * plan.in_size();
        const T* w = s.kept[backward_weights].data();
        const std::size_t row = plan.in[1] * plan.in_channels;
        for (const auto& c : plan.classes) {
            kernel::conv_job<T> job;
            job.in_row = static_cast<std::ptrdiff_t>(plan.gradient_padded[1] * plan.out_channels);
            job.in_column = static_cast<std::ptrdiff_t>(plan.out_channels);
            job.window = c.window.list();
            job.out_row = static_cast<std::ptrdiff_t>(layer.strides[0] * row);
            job.out_column = static_cast<std::ptrdiff_t>(layer.strides[1] * plan.in_channels);
            job.rows = c.rows;
            job.columns = c.columns;
            job.accumulate = s.in[0].accumulate;
            T* to = dx + c.first_row * row + c.first_column * plan.in_channels;
            const std::size_t groups = plan.depthwise ? 1 : plan.groups;
            for (std::size_t g = 0; g < groups; ++g) {
                job.in = dy.first + g * plan.group_out;
                job.weights = w + g * (packing.class_size(c) / groups);
                job.out = to + g * plan.group_in;
                job.channels = plan.depthwise ? plan.in_channels : plan.group_in;
                if (plan.depthwise)
                    s.kernels.depthwise(job);
                else
                    s.kernels.conv(job);
            }
            w += packing.class_size(c);
        }
    }

    void backward_weights_of(const conv2d& layer, const gradient_image& dy, std::size_t block,
                             std::size_t n) const {
        kernel::conv_weights_job<T> job;
        const T* x = padded(block, n);
        T* dw = s.kept[at(block, weights)].data();
        job.in_row = static_cast<std::ptrdiff_t>(layer.strides[0] * plan.padded[1] * plan.in_channels);
        job.in_column = static_cast<std::ptrdiff_t>(layer.strides[1] * plan.in_channels);
        job.window = plan.window.list();
        job.gradient_row = static_cast<std::ptrdiff_t>(dy.stride);
        job.gradient_column = static_cast<std::ptrdiff_t>(plan.out_channels);
        job.rows = plan.out[0];
        job.columns = plan.out[1];
        const std::size_t groups = plan.depthwise ? 1 : plan.groups;
        for (std::size_t g = 0; g < groups; ++g) {
            job.in = x + g * plan.group_in;
            job.gradient = dy.first + g * plan.group_out;
            job.channels = plan.depthwise ? plan.out_channels : plan.group_out;
            job.weights = dw + g * plan.group_out * packing.depth();
            job.weights_stride = plan.depthwise ? plan.out_channels : packing.depth();
            if (plan.depthwise)
                s.kernels.depthwise_weights(job);
            else
                s.kernels.conv_weights(job);
        }
        if (s.has_input(2) && s.in[2].gradient != nullptr) {
            T* sums = dw + packing.master_size();
            for (std::size_t r = 0; r < plan.out[0]; ++r)
                s.kernels.moments({plan.out[1], plan.out_channels, dy.first + r * dy.stride,
                                   s.kept[zeros].data(), sums, sums + plan.out_channels});
        }
    }

    /// The blocks' parts, in their order, into the gradients of weights and bias.
    void sum_weights() const {
        const std::size_t size = packing.master_size();
        T* first = s.kept[at(0, weights)].data();
        for (std::size_t b = 1; b < blocks; ++b) {
            s.kernels.copy({.count = size + plan.out_channels,
                            .x = s.kept[at(b, weights)].data(),
                            .y = first,
                            .accumulate = true});
        }
        if (s.in[1].gradient != nullptr) {
            if (plan.depthwise) {
                T* const to = open_gradient(s.in[1]);
                for (std::size_t t = 0; t < plan.taps(); ++t)
                    for (std::size_t c = 0; c < plan.out_channels; ++c)
                        to[c * plan.taps() + plan.window.taps[t]] += first[t * plan.out_channels + c];
            } else {
                s.kernels.copy(
                    {.count = size, .x = first, .y = s.in[1].gradient, .accumulate = s.in[1].accumulate});
            }
        }
        if (s.has_input(2) && s.in[2].gradient != nullptr) {
            T* const to = open_gradient(s.in[2]);
            for (std::size_t c = 0; c < plan.out_channels; ++c)
                to[c] += first[size + c];
        }
    }
};

/// Few blocks where the weights are many, since every block holds a gradient of them.
[[nodiscard]] inline std::size_t conv_blocks(const conv_plan& plan, std::size_t weights) noexcept {
    const std::size_t most = std::max<std::size_t>(2, (std::size_t{1} << 22) / (weights + 1));
    return std::min({plan.images, most_blocks, most});
}

template <class T>
[[nodiscard]] conv_run<T> conv_run_of(const conv2d& layer, step<T>& s) {
    const conv_plan& plan =
        s.once([&] { return make_conv_plan(layer, s.in[0].dims, s.in[1].dims, s.out[0].dims); });
    const conv_packing packing{plan, s.kernels.lanes};
    return {plan, packing, s, conv_blocks(plan, packing.master_size())};
}

} // namespace detail

template <class T>
result<void> layer_training<conv2d>::forward_step(const conv2d& layer, step<T>& s) {
    const auto run = detail::conv_run_of(layer, s);
    run.reserve_forward();
    run.pack_forward();
    for_each_block(run.plan.images, run.blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
        for (std::size_t n = first; n < last; ++n) {
            run.forward(layer, b, n);
            if (s.training && s.out[0].deferred != nullptr)
                run.sum_up(b, n);
        }
    });
    return {};
}

template <class T>
void layer_training<conv2d>::backward_step(const conv2d& layer, step<T>& s) {
    const auto run = detail::conv_run_of(layer, s);
    const bool data = s.in[0].gradient != nullptr;
    const bool weights = s.in[1].gradient != nullptr || (s.has_input(2) && s.in[2].gradient != nullptr);
    run.reserve_backward();
    if (data)
        run.pack_backward();
    for_each_block(run.plan.images, run.blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
        for (std::size_t n = first; n < last; ++n) {
            const auto dy = run.padded_gradient(b, n);
            if (data)
                run.backward_data(layer, dy, n);
            if (weights)
                run.backward_weights_of(layer, dy, b, n);
        }
    });
    if (weights)
        run.sum_weights();
}

} // namespace pith::train

#endif
