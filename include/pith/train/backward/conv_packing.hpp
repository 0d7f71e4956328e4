// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_BACKWARD_CONV_PACKING_HPP
#define PITH_TRAIN_BACKWARD_CONV_PACKING_HPP
/// The weights of a convolution as its training kernels read them, forward and for the gradient of the input.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "../window_plan.hpp"

namespace pith::train::detail {

/// [panel][taps in order][channels][lanes], the last panel filled up with zeros.
/// at(output, tap, channel) gives an element of the master. @return behind the last
template <class T, class At>
T* pack_panels(T* to, std::size_t lanes, std::size_t outputs, const std::vector<std::size_t>& taps,
               std::size_t channels, const At& at) {
    for (std::size_t panel = 0; panel < outputs; panel += lanes) {
        const std::size_t n = std::min(lanes, outputs - panel);
        for (const auto tap : taps)
            for (std::size_t c = 0; c < channels; ++c, to += lanes) {
                for (std::size_t l = 0; l < n; ++l)
                    to[l] = at(panel + l, tap, c);
                std::fill(to + n, to + lanes, T{0});
            }
    }
    return to;
}

[[nodiscard]] constexpr std::size_t panels_size(std::size_t lanes, std::size_t outputs,
                                                std::size_t depth) noexcept {
    return (outputs + lanes - 1) / lanes * lanes * depth;
}

/// Masters are [output][tap][input of the group].
struct conv_packing {
    const conv_plan& plan;
    std::size_t lanes;

    [[nodiscard]] std::size_t depth() const noexcept { return plan.taps() * plan.group_in; }
    [[nodiscard]] std::size_t master_size() const noexcept { return plan.out_channels * depth(); }

    /// Of one group; of all channels of a depthwise convolution.
    [[nodiscard]] std::size_t forward_group() const noexcept {
        return plan.depthwise ? plan.taps() * plan.out_channels
                              : panels_size(lanes, plan.group_out, plan.window.depth());
    }
    [[nodiscard]] std::size_t forward_size() const noexcept {
        return plan.depthwise ? forward_group() : plan.groups * forward_group();
    }
    /// [group] of panels; depthwise: [tap][channel].
    template <class T>
    void forward(const T* w, T* to) const {
        if (plan.depthwise) {
            channel_by_channel(w, plan.window.taps, to);
            return;
        }
        for (std::size_t g = 0; g < plan.groups; ++g)
            to = pack_panels(to, lanes, plan.group_out, plan.window.taps, plan.group_in,
                             [&](std::size_t o, std::size_t tap, std::size_t c) {
                                 return w[(g * plan.group_out + o) * depth() + tap * plan.group_in + c];
                             });
    }

    [[nodiscard]] std::size_t class_size(const gradient_class& c) const noexcept {
        const std::size_t taps = c.window.taps.size();
        return plan.depthwise ? taps * plan.in_channels
                              : plan.groups * panels_size(lanes, plan.group_in, taps * plan.group_out);
    }
    [[nodiscard]] std::size_t backward_size() const noexcept {
        std::size_t size = 0;
        for (const auto& c : plan.classes)
            size += class_size(c);
        return size;
    }
    /// All classes one after the other, each [group] of panels of inputs over [tap][output].
    template <class T>
    void backward(const T* w, T* to) const {
        for (const auto& c : plan.classes) {
            if (plan.depthwise) {
                to = channel_by_channel(w, c.window.taps, to);
                continue;
            }
            for (std::size_t g = 0; g < plan.groups; ++g)
                to = pack_panels(to, lanes, plan.group_in, c.window.taps, plan.group_out,
                                 [&](std::size_t i, std::size_t tap, std::size_t o) {
                                     return w[(g * plan.group_out + o) * depth() + tap * plan.group_in + i];
                                 });
        }
    }

private:
    template <class T>
    T* channel_by_channel(const T* w, const std::vector<std::size_t>& taps, T* to) const {
        for (const auto tap : taps)
            for (std::size_t c = 0; c < plan.out_channels; ++c)
                *to++ = w[c * depth() + tap];
        return to;
    }
};

} // namespace pith::train::detail

#endif
