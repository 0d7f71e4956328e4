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

TEST_CASE("batch normalisation disappears into weights with codes, whose scales it multiplies") {
    graph_builder<double> b;
    const auto w = b.random({4, 3}, 1);
    const auto y = b.normalize(b.add_node(dense{}, {b.input({1, 3}), w}));
    b[w].encoded = {format::codebook{{-9, -3, -1, 0, 1, 3, 9}, 7}, {0.1F}};
    *b[w].reals() = round_to_codes(b[w]);
    const auto codes = weight_codes(b[w]);
    const auto g = check_pass(b, {y}, passes::fold_batch_norm{}, 1);
    const auto& folded = g[g.nodes[0].inputs[1]];
    REQUIRE(has_weight_codes(folded));
    CHECK(folded.encoded.as<format::codebook>() != nullptr);
    CHECK(folded.encoded.scales.size() == 4);
    const auto after = weight_codes(folded);
    for (std::size_t i = 0; i < codes.size(); ++i)
        CHECK(std::abs(after[i]) == std::abs(codes[i]));
}

TEST_CASE("batch normalisation that codes cannot follow keeps a layer of its own") {
    graph_builder<double> b;
    const auto w = b.constant(tensor<double>({1, 2}, {-0.4, 0.3}));
    const auto one = [&](double v) { return b.constant(tensor<double>({1}, {v})); };
    const auto x = b.add_node(dense{}, {b.input({1, 2}), w});
    const auto y = b.add_node(batch_norm{}, {x, one(-2), one(0), one(0), one(1)});
    b[w].encoded = {format::affine_codes{.lowest = -4, .highest = 3}, {0.1F}};
    const auto g = check_pass(b, {y}, passes::fold_batch_norm{}, 2);
    CHECK(g[g.nodes[0].inputs[1]].is_coded());
}

TEST_CASE("weights shared by two layers are not changed under the other one") {
    graph_builder<double> b;
    const auto x = b.input({1, 4});
    const auto w = b.random({4, 4}, 1);
    const auto first = b.normalize(b.add_node(dense{}, {x, w}));
    const auto y = b.add_node(dense{}, {first, w});
    check_pass(b, {y}, passes::fold_batch_norm{}, 2);
}
