// SPDX-License-Identifier: MIT
#include "pith/prune/sparse_layers.hpp"

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>

using namespace pith;
using namespace pith::prune;

namespace {

/// Convolutions of depth 27, 9, 72 and 72, then a dense layer; the second is one filter per channel.
graph<float> network() {
    graph_builder<float> b;
    auto x = b.depthwise(b.conv(b.input({1, 6, 6, 3}), {.out = 8}));
    x = b.conv(b.conv(x, {.out = 8, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}), {.out = 8});
    const auto y = b.fully_connected(b.flatten(x), 4);
    return *std::move(b).finish({y});
}

} // namespace

TEST_CASE("sparse layers: neither the outermost nor those of few weights per output, nor those one names") {
    const auto g = network();
    CHECK(sparse_layers(g, {}) == std::vector<node_index>{2, 3});
    CHECK(sparse_layers(g, {.names = {"conv2d2"}}) == std::vector<node_index>{3});
    CHECK(sparse_layers(g, {.depth_below = 0}) == std::vector<node_index>{1, 2, 3});
    CHECK(sparse_layers(g, {.first_last = false, .depth_below = 0}) ==
          std::vector<node_index>{0, 1, 2, 3, 5});
}

TEST_CASE("sparse layers: weights that layers share are taken once, computed ones never") {
    graph_builder<float> b;
    const auto x = b.input({1, 4, 4, 8});
    const auto w = b.random({8, 3, 3, 8}, 1.);
    const conv2d same{.pads = {1, 1, 1, 1}};
    const auto twice = b.add_node(same, {b.add_node(same, {x, w}), w});
    const auto made = b.add_node(same, {twice, b.activate(w, {unary_op::abs})});
    const auto g = *std::move(b).finish({made});
    CHECK(sparse_layers(g, {.first_last = false}) == std::vector<node_index>{0});
}

TEST_CASE("sparse layers: weights and zeros are counted") {
    auto g = network();
    const auto before = count_weights(g);
    CHECK(before.weights == 8 * 27 + 8 * 9 + 8 * 72 * 2 + 4 * 32);
    CHECK(before.zeros == 0);
    (*g[g.nodes[2].inputs[1]].reals())[5] = 0;
    CHECK(count_weights(g).zeros == 1);
}

TEST_CASE("lowest: of equal scores the first, and as many as asked for") {
    CHECK(prune::detail::lowest({3, 1, 1, 1, 0}, 3) == std::vector<bool>{false, true, true, false, true});
    CHECK(prune::detail::lowest({1, 2}, 0) == std::vector<bool>{false, false});
    CHECK(prune::detail::lowest({1, 2}, 2) == std::vector<bool>{true, true});
}
