// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_DS_CNN_HPP
#define PITH_TRAIN_MODELS_DS_CNN_HPP
/// The depthwise separable keyword spotter to train.

#include <cstdint>

#include "../../base/result.hpp"
#include "../../graph/builder.hpp"
#include "../../graph/graph.hpp"
#include "blocks.hpp"

namespace pith::train {

/// Depthwise separable keyword spotter of MLPerf Tiny.
struct ds_cnn {
    shape input{1, 49, 10, 1};
    std::int64_t width = 64;
    std::int64_t classes = 12;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        graph_builder<T> b;
        value_id x = detail::conv_norm(
            b, b.input(input), {.out = width, .kernel = {10, 4}, .strides = {2, 2}, .pads = {4, 1, 5, 1}});
        for (int i = 0; i < 4; ++i) {
            auto depthwise = detail::three_by_three(width);
            depthwise.groups = static_cast<std::uint32_t>(width);
            x = detail::conv_norm(b, detail::conv_norm(b, x, depthwise), detail::pointwise(width));
        }
        return detail::finish(b, b.fully_connected(b.flatten(b.global_average(x)), classes), seed);
    }
};

} // namespace pith::train

#endif
