// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_PRUNE_SPARSE_NET_HPP
#define PITH_TESTS_PRUNE_SPARSE_NET_HPP
/// A network of which every layer may become sparse, and its weights.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/graph/samples.hpp>
#include <pith/prune/sparse_layers.hpp>

#include "support/layers.hpp"

namespace pith::test {

inline constexpr float small_weights = 0.1f; ///< of the first layer, next to those of the second

/// Two convolutions of depth 36 and a dense layer of depth 4.
inline graph<float> sparse_net() {
    graph_builder<float> b(5);
    auto x = b.input({1, 6, 6, 4});
    for (int i = 0; i < 2; ++i)
        x = b.relu(b.conv(x, {.out = 4, .pads = {1, 1, 1, 1}}));
    auto g = std::move(b).finish({b.fully_connected(b.flatten(b.global_average(x)), 3)});
    REQUIRE(g);
    for (auto& w : g->values[g->nodes[0].inputs[1]].reals()->data())
        w *= small_weights;
    return *std::move(g);
}

inline const value<float>& weights_of(const graph<float>& g, std::size_t layer) {
    return g[g.nodes[prune::sparse_layers(g, {.first_last = false, .depth_below = 0})[layer]].inputs[1]];
}
inline std::size_t zeros_of(const graph<float>& g, std::size_t layer) {
    const auto w = weights_of(g, layer).reals()->data();
    return static_cast<std::size_t>(std::count(w.begin(), w.end(), 0.f));
}

inline any_tensors<float> inputs_of(const graph<float>& g, std::size_t i) {
    random_bits bits(i);
    return {tests::random_tensor<float>(g[g.inputs[0]].dims, bits)};
}
inline sample_source samples_of(const graph<float>& g) {
    return [g](std::size_t i) { return std::optional(inputs_of(g, 100 + i)); };
}
/// Sum of squared differences on inputs that are not among those samples.
inline double error_of(const graph<float>& a, const graph<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        const auto x = evaluate(a, inputs_of(a, i));
        const auto y = evaluate(b, inputs_of(b, i));
        REQUIRE(x);
        REQUIRE(y);
        const auto& p = std::get<0>((*x)[0]);
        const auto& q = std::get<0>((*y)[0]);
        for (std::size_t k = 0; k < p.size(); ++k)
            sum += std::pow(static_cast<double>(p[k]) - static_cast<double>(q[k]), 2);
    }
    return sum;
}

inline constexpr auto everywhere = [] { return prune::dense_layers{.first_last = false, .depth_below = 0}; };

} // namespace pith::test

#endif
