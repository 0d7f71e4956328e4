// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_VGG_SMALL_HPP
#define PITH_TRAIN_MODELS_VGG_SMALL_HPP
/// A small VGG to train.

#include <cstdint>

#include "../../base/result.hpp"
#include "../../graph/builder.hpp"
#include "../../graph/graph.hpp"
#include "blocks.hpp"

namespace pith::train {

/// Six convolutions of 128 to 512 channels and one dense layer: the net of the binary-weight papers.
struct vgg_small {
    std::int64_t width = 128;
    shape input{1, 32, 32, 3};
    std::int64_t classes = 10;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        graph_builder<T> b;
        value_id x = b.input(input);
        for (std::int64_t group = 0; group < 3; ++group) {
            x = detail::conv_norm(b, x, detail::three_by_three(width << group));
            x = detail::conv_norm(b, x, detail::three_by_three(width << group));
            x = b.max_pool(x, 2);
        }
        return detail::finish(b, b.fully_connected(b.flatten(x), classes), seed);
    }
};

} // namespace pith::train

#endif
