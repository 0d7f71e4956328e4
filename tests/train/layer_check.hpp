// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_TRAIN_LAYER_CHECK_HPP
#define PITH_TESTS_TRAIN_LAYER_CHECK_HPP
/// Gradients of whole graphs against central differences, in double: of every input and every learned
/// constant.

#include <cstddef>
#include <utility>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/graph.hpp>
#include <pith/train/tape.hpp>

#include "../support/gradient_check.hpp"

namespace pith::tests {

using net = graph_builder<double>;

inline tensor<double> random_tensor(shape dims, random_bits& bits, double low = -1, double high = 1) {
    return {dims, random_reals(static_cast<std::size_t>(dims.elements()), bits, low, high)};
}

struct check_options {
    bool training = true;
    bool fuse = true;
    double low = -1; ///< range of the inputs
    double high = 1;
    double step = 1e-3;
    std::vector<train::learned_constant> learned = {};
};

/// The greatest relative error of any gradient of sum(r * output) with random r; 1e9 where the graph is
/// refused.
double error_of(result<graph<double>> g, const check_options& o = {});

} // namespace pith::tests

#endif
