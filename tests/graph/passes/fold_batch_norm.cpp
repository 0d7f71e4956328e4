// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/passes/fold_batch_norm.hpp>

#include "support/check_pass.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("batch normalisation disappears into convolutions and dense layers, with and without bias") {
    for (const bool bias : {true, false}) {
        graph_builder<double> b;
        const auto x = b.input({2, 6, 6, 4});
        const auto c = b.normalize(b.conv(x, {.out = 6, .pads = {1, 1, 1, 1}, .groups = 2, .bias = bias}));
        const auto y = b.normalize(b.fully_connected(b.flatten(b.relu(c)), 5, bias));
        const auto g = check_pass(b, {y}, passes::fold_batch_norm{}, 4);
        CHECK(g.nodes[0].inputs.size() == 3);
    }
}

TEST_CASE("batch normalisation with nothing before it becomes a depthwise convolution, or stays") {
    graph_builder<double> b;
    const auto x = b.input({1, 4, 4, 3});
    const auto y = b.flatten(b.relu(b.normalize(x)));
    const auto g = check_pass(b, {y}, passes::fold_batch_norm{}, 3);
    REQUIRE(std::holds_alternative<conv2d>(g.nodes[0].layer));
    CHECK(std::get<conv2d>(g.nodes[0].layer).groups == 3);
    check_pass(b, {y}, passes::fold_batch_norm{.rest_to_depthwise = false}, 3);
    graph_builder<double> flat;
    const auto z = flat.normalize(flat.input({2, 7}));
    const auto kept = check_pass(flat, {z}, passes::fold_batch_norm{}, 1);
    CHECK(std::holds_alternative<batch_norm>(kept.nodes[0].layer));
}

TEST_CASE("a convolution that somebody else reads keeps its weights") {
    graph_builder<double> b;
    const auto x = b.input({1, 4, 4, 3});
    const auto c = b.conv(x, {.out = 3});
    const auto y = b.add(b.normalize(c), c);
    check_pass(b, {y}, passes::fold_batch_norm{}, 3);
    graph_builder<double> out;
    const auto d = out.conv(out.input({1, 4, 4, 3}), {.out = 3});
    const auto z = out.normalize(d);
    check_pass(out, {z, d}, passes::fold_batch_norm{}, 2);
}

TEST_CASE("weights shared by two layers are not changed under the other one") {
    graph_builder<double> b;
    const auto x = b.input({1, 4});
    const auto w = b.random({4, 4}, 1);
    const auto first = b.normalize(b.add_node(dense{}, {x, w}));
    const auto y = b.add_node(dense{}, {first, w});
    check_pass(b, {y}, passes::fold_batch_norm{}, 2);
}
