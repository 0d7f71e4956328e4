// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_MODELS_MLP_HPP
#define PITH_TRAIN_MODELS_MLP_HPP
/// A multilayer perceptron to train.

#include <cstdint>
#include <vector>

#include "../../base/result.hpp"
#include "../../graph/builder.hpp"
#include "../../graph/graph.hpp"
#include "blocks.hpp"

namespace pith::train {

/// Fully connected layers with rectifiers between them.
struct mlp {
    shape input{1, 28, 28, 1};
    std::vector<std::int64_t> hidden{300, 100};
    std::int64_t classes = 10;

    template <class T>
    [[nodiscard]] result<graph<T>> build(std::uint64_t seed) const {
        graph_builder<T> b;
        value_id x = b.flatten(b.input(input));
        for (const auto width : hidden)
            x = b.relu(b.fully_connected(x, width));
        return detail::finish(b, b.fully_connected(x, classes), seed);
    }
};

} // namespace pith::train

#endif
