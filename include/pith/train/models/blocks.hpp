// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_BLOCKS_HPP
#define PITH_TRAIN_MODELS_BLOCKS_HPP
/// What the models to train are made of.

#include <cstdint>
#include <utility>

#include "../../base/result.hpp"
#include "../../graph/builder.hpp"
#include "../../graph/graph.hpp"
#include "../initialize.hpp"

namespace pith::train::detail {

/// Convolution without bias, batch_norm and, unless told otherwise, a rectifier.
template <class T>
[[nodiscard]] value_id conv_norm(graph_builder<T>& b, value_id x, conv_options o, bool rectify = true) {
    o.bias = false;
    const value_id y = b.normalize(b.conv(x, o));
    return rectify ? b.relu(y) : y;
}

/// 3 x 3, padded by 1.
[[nodiscard]] inline conv_options three_by_three(std::int64_t out, std::uint32_t stride = 1) {
    return {.out = out, .strides = {stride, stride}, .pads = {1, 1, 1, 1}};
}
[[nodiscard]] inline conv_options pointwise(std::int64_t out, std::uint32_t stride = 1) {
    return {.out = out, .kernel = {1, 1}, .strides = {stride, stride}};
}

template <class T>
[[nodiscard]] result<graph<T>> finish(graph_builder<T>& b, value_id logits, std::uint64_t seed) {
    auto g = std::move(b).finish({logits});
    if (!g)
        return g.error();
    return initialize{.seed = seed}(*std::move(g));
}

} // namespace pith::train::detail

#endif
