// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_WINDOW_PLAN_HPP
#define PITH_TRAIN_WINDOW_PLAN_HPP
/// The geometry of a convolution's three products, worked out once: which runs of the padded image make up a
/// window, and which of the padded gradient make up an input's gradient.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../base/shape.hpp"
#include "../graph/layer/conv2d.hpp"
#include "kernel/jobs.hpp"

namespace pith::train {

/// Taps of a window in the order in which they lie in memory, neighbours joined into longer runs.
struct window_plan {
    std::vector<std::size_t> taps; ///< kernel row * kernel width + kernel column
    std::vector<std::ptrdiff_t> runs;
    std::size_t run_length = 0;

    [[nodiscard]] kernel::run_list list() const noexcept { return {runs.data(), runs.size(), run_length}; }
    [[nodiscard]] std::size_t depth() const noexcept { return runs.size() * run_length; }
};

/// Where a tap of a window reads.
struct tap_offset {
    std::size_t tap;
    std::ptrdiff_t offset;
};

/// @param channels of one tap @param join whether neighbouring taps are contiguous in memory
[[nodiscard]] inline window_plan make_window_plan(std::vector<tap_offset> taps, std::size_t channels,
                                                  bool join) {
    std::sort(taps.begin(), taps.end(), [](auto a, auto b) { return a.offset < b.offset; });
    window_plan plan;
    for (const auto& t : taps)
        plan.taps.push_back(t.tap);
    const auto step = static_cast<std::ptrdiff_t>(channels);
    std::size_t together = join ? taps.size() : 1; // taps of a run, the same for all runs
    const auto fits = [&](std::size_t n) {
        for (std::size_t i = 0; i < taps.size(); ++i)
            if (i % n != 0 && taps[i].offset - taps[i - 1].offset != step)
                return false;
        return true;
    };
    while (together > 1 && (taps.size() % together != 0 || !fits(together)))
        --together;
    for (std::size_t i = 0; i < taps.size(); i += together)
        plan.runs.push_back(taps[i].offset);
    plan.run_length = together * channels;
    return plan;
}

/// Inputs whose gradients have the same window: one remainder of (row, column) by the strides.
struct gradient_class {
    window_plan window; ///< runs from the gradient's first pixel; negative ones begin in the padding
    std::size_t first_row = 0;
    std::size_t first_column = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
};

struct conv_plan {
    std::size_t images = 0;
    std::array<std::size_t, 2> in{}; ///< height, width
    std::array<std::size_t, 2> out{};
    std::array<std::size_t, 2> kernel{};
    std::array<std::size_t, 2> before{}; ///< padding of the image
    std::array<std::size_t, 2> padded{}; ///< size of the image with its padding
    std::size_t in_channels = 0;
    std::size_t out_channels = 0;
    std::size_t groups = 1;
    std::size_t group_in = 0;
    std::size_t group_out = 0;
    bool depthwise = false; ///< one input and one output channel per group
    window_plan window;

    std::array<std::size_t, 2> gradient_before{}; ///< padding of the output's gradient
    std::array<std::size_t, 2> gradient_padded{};
    std::vector<gradient_class> classes;

    [[nodiscard]] std::size_t taps() const noexcept { return kernel[0] * kernel[1]; }
    [[nodiscard]] std::size_t in_size() const noexcept { return in[0] * in[1] * in_channels; }
    [[nodiscard]] std::size_t out_size() const noexcept { return out[0] * out[1] * out_channels; }
    [[nodiscard]] std::size_t padded_size() const noexcept { return padded[0] * padded[1] * in_channels; }
    [[nodiscard]] std::size_t gradient_size() const noexcept {
        return gradient_padded[0] * gradient_padded[1] * out_channels;
    }
    [[nodiscard]] bool is_padded() const noexcept { return padded != in; }
    [[nodiscard]] bool is_gradient_padded() const noexcept { return gradient_padded != out; }
};

namespace detail {

/// Along one axis: the outputs that input `first` and every stride-th one after it feed.
struct axis_class {
    std::size_t first = 0;
    std::size_t count = 0;
    std::vector<std::size_t> taps;
    std::vector<std::ptrdiff_t> outputs; ///< of the first input, one per tap; may lie outside
};

[[nodiscard]] inline std::vector<axis_class> axis_classes(std::size_t inputs, std::size_t kernel,
                                                          std::size_t stride, std::size_t before,
                                                          std::size_t dilation) {
    std::vector<axis_class> classes;
    for (std::size_t first = 0; first < stride && first < inputs; ++first) {
        axis_class c{first, (inputs - first + stride - 1) / stride, {}, {}};
        for (std::size_t k = 0; k < kernel; ++k) {
            const auto at =
                static_cast<std::ptrdiff_t>(first + before) - static_cast<std::ptrdiff_t>(k * dilation);
            const auto step = static_cast<std::ptrdiff_t>(stride);
            if (at % step != 0)
                continue;
            c.taps.push_back(k);
            c.outputs.push_back(at / step);
        }
        classes.push_back(std::move(c));
    }
    return classes;
}

/// Padding that keeps every output of the classes inside the memory.
inline void pad_gradient_axis(const std::vector<axis_class>& classes, std::size_t outputs,
                              std::size_t& before, std::size_t& padded) {
    std::ptrdiff_t low = 0;
    auto high = static_cast<std::ptrdiff_t>(outputs);
    for (const auto& c : classes)
        for (const auto o : c.outputs) {
            low = std::min(low, o);
            high = std::max(high, o + static_cast<std::ptrdiff_t>(c.count));
        }
    before = static_cast<std::size_t>(-low);
    padded = static_cast<std::size_t>(high - low);
}

inline void plan_gradient(const conv2d& layer, conv_plan& p) {
    std::array<std::vector<axis_class>, 2> axes;
    for (std::size_t i = 0; i < 2; ++i) {
        axes[i] = axis_classes(p.in[i], p.kernel[i], layer.strides[i], p.before[i], layer.dilations[i]);
        pad_gradient_axis(axes[i], p.out[i], p.gradient_before[i], p.gradient_padded[i]);
    }
    const auto row = static_cast<std::ptrdiff_t>(p.gradient_padded[1] * p.out_channels);
    const auto column = static_cast<std::ptrdiff_t>(p.out_channels);
    for (const auto& r : axes[0])
        for (const auto& c : axes[1]) {
            gradient_class g;
            std::vector<tap_offset> taps;
            for (std::size_t i = 0; i < r.taps.size(); ++i)
                for (std::size_t j = 0; j < c.taps.size(); ++j)
                    taps.push_back(
                        {r.taps[i] * p.kernel[1] + c.taps[j], r.outputs[i] * row + c.outputs[j] * column});
            g.window = make_window_plan(std::move(taps), p.group_out, p.groups == 1);
            g.first_row = r.first;
            g.first_column = c.first;
            g.rows = r.count;
            g.columns = c.count;
            p.classes.push_back(std::move(g));
        }
}

} // namespace detail

/// @pre infer accepted the shapes
[[nodiscard]] inline conv_plan make_conv_plan(const conv2d& layer, const shape& x, const shape& w,
                                              const shape& y) {
    const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
    conv_plan p;
    p.images = size(x[0]);
    p.in_channels = size(x[3]);
    p.out_channels = size(w[0]);
    p.groups = layer.groups;
    p.group_in = size(w[3]);
    p.group_out = p.out_channels / p.groups;
    p.depthwise = is_depthwise(layer, w);
    for (std::size_t i = 0; i < 2; ++i) {
        p.in[i] = size(x[1 + i]);
        p.out[i] = size(y[1 + i]);
        p.kernel[i] = size(w[1 + i]);
        p.before[i] = layer.pads[i];
        p.padded[i] = p.in[i] + layer.pads[i] + layer.pads[2 + i];
    }
    std::vector<tap_offset> taps;
    for (std::size_t i = 0; i < p.kernel[0]; ++i)
        for (std::size_t j = 0; j < p.kernel[1]; ++j)
            taps.push_back(
                {i * p.kernel[1] + j,
                 static_cast<std::ptrdiff_t>((i * layer.dilations[0] * p.padded[1] + j * layer.dilations[1]) *
                                             p.in_channels)});
    p.window = make_window_plan(std::move(taps), p.group_in, p.groups == 1);
    detail::plan_gradient(layer, p);
    return p;
}

} // namespace pith::train

#endif
