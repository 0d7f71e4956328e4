// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_LENET5_HPP
#define PITH_TRAIN_MODELS_LENET5_HPP
/// LeNet-5 to train.

#include <array>
#include <cstdint>

#include "../../base/result.hpp"
#include "../../graph/builder.hpp"
#include "../../graph/graph.hpp"
#include "blocks.hpp"

namespace pith::train {

/// LeNet-5 as Caffe and the pruning papers have it: 431 thousand weights.
struct lenet5 {
    shape input{1, 28, 28, 1};
    std::array<std::int64_t, 3> widths{20, 50, 500};
    std::int64_t classes = 10;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        graph_builder<T> b;
        value_id x = b.max_pool(b.conv(b.input(input), {.out = widths[0], .kernel = {5, 5}}), 2);
        x = b.flatten(b.max_pool(b.conv(x, {.out = widths[1], .kernel = {5, 5}}), 2));
        x = b.relu(b.fully_connected(x, widths[2]));
        return detail::finish(b, b.fully_connected(x, classes), seed);
    }
};

} // namespace pith::train

#endif
