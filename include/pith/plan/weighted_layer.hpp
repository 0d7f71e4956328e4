// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_WEIGHTED_LAYER_HPP
#define PITH_PLAN_WEIGHTED_LAYER_HPP
/// What convolutions and dense layers have in common: their window, and how their weights are packed.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/shape.hpp"
#include "../format/tile.hpp"
#include "../graph/layer/conv2d.hpp"
#include "../graph/layer/dense.hpp"
#include "../run/op/window.hpp"
#include "panels.hpp"

namespace pith::plan::detail {

/// A convolution, or a dense layer as one by a single pixel.
struct weighted_layer {
    conv2d window;
    std::size_t kernel[2] = {1, 1};
    std::size_t inputs = 0; ///< per group
    std::size_t outputs = 0;
    bool depthwise = false;

    [[nodiscard]] std::size_t taps() const noexcept { return kernel[0] * kernel[1]; }
};

[[nodiscard]] inline weighted_layer weighted(const conv2d& c, const shape& w) {
    weighted_layer l;
    l.window = c;
    l.kernel[0] = static_cast<std::size_t>(w[1]);
    l.kernel[1] = static_cast<std::size_t>(w[2]);
    l.inputs = static_cast<std::size_t>(w[3]);
    l.outputs = static_cast<std::size_t>(w[0]);
    l.depthwise = is_depthwise(c, w);
    return l;
}
[[nodiscard]] inline weighted_layer weighted(const dense&, const shape& w) {
    weighted_layer l;
    l.outputs = static_cast<std::size_t>(w[0]);
    l.inputs = static_cast<std::size_t>(w[1]);
    return l;
}

[[nodiscard]] inline run::op::window_record window_record_of(const weighted_layer& l, format::tile tile) {
    run::op::window_record w{};
    for (std::size_t i = 0; i < 2; ++i) {
        w.kernel[i] = static_cast<std::uint16_t>(l.kernel[i]);
        w.strides[i] = static_cast<std::uint16_t>(l.window.strides[i]);
        w.dilations[i] = static_cast<std::uint16_t>(l.window.dilations[i]);
        w.pads[i] = static_cast<std::uint8_t>(l.window.pads[i]);
    }
    w.tile_outputs = static_cast<std::uint8_t>(tile.outputs);
    w.tile_depth = static_cast<std::uint8_t>(tile.depth);
    return w;
}

/// Weights as they are packed, and lanes that biases are filled up to.
template <class E>
struct packed_layer {
    std::vector<E> weights;
    std::size_t groups = 1; ///< of panels
    std::size_t lanes = 16;
};

template <class E>
[[nodiscard]] packed_layer<E> pack_layer(const weighted_layer& l, std::span<const E> weights,
                                         format::tile tile) {
    packed_layer<E> p;
    if (l.depthwise) {
        p.weights = pack_depthwise<E>(weights, l.outputs, l.taps());
        return p;
    }
    p.groups = l.window.groups;
    p.lanes = tile.outputs;
    const auto channels = static_cast<std::uint32_t>(l.inputs * l.window.groups);
    const run::op::run_shape run = run::op::runs_of(window_record_of(l, tile), channels, l.window.groups);
    p.weights = pack_panels<E>(weights, tile, l.outputs, l.window.groups, run);
    return p;
}

} // namespace pith::plan::detail

#endif
