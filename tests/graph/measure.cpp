// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/measure.hpp>

using namespace pith;

TEST_CASE("measure counts parameters, multiply-adds and bytes at their width") {
    graph_builder<float> b;
    const auto x = b.input({1, 8, 8, 3});
    const auto c = b.conv(x, {.out = 4, .pads = {1, 1, 1, 1}});
    const auto d = b.depthwise(c);
    const auto y = b.fully_connected(b.flatten(d), 10, false);
    auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    auto cost = measure(*g);
    REQUIRE(cost.nodes.size() == 4);
    CHECK(cost.nodes[0].parameters == 4 * 27 + 4);
    CHECK(cost.nodes[0].macs == 64 * 4 * 27);
    CHECK(cost.nodes[0].weight_bytes == 4 * (4 * 27 + 4));
    CHECK(cost.nodes[0].weight_bits == 32);
    CHECK(cost.nodes[0].kind == "conv2d");
    CHECK(cost.nodes[1].macs == 64 * 4 * 9);
    CHECK(cost.nodes[1].kind == "grouped_conv2d");
    CHECK(cost.nodes[2].macs == 0);
    CHECK(cost.nodes[3].output == shape{1, 10});
    CHECK(cost.parameters == 112 + 40 + 2560);
    CHECK(cost.macs == 64 * 4 * 36 + 2560);

    // 4-bit weights, the bias stays.
    (*g)[g->nodes[0].inputs[1]].encoded = affine_encoding{{1}, {0}, -1, 4, -7, 7};
    cost = measure(*g);
    CHECK(cost.nodes[0].weight_bytes == 54 + 16);
    CHECK(cost.nodes[0].weight_bits == 4);

    // A depthwise layer has a byte for each.
    (*g)[g->nodes[1].inputs[1]].encoded = affine_encoding{{1}, {0}, -1, 4, -7, 7};
    cost = measure(*g);
    CHECK(cost.nodes[1].weight_bytes == 36 + (cost.nodes[1].parameters - 36) * 4);
    CHECK(cost.nodes[1].weight_bits == 8);
}

TEST_CASE("a shared constant is counted once") {
    graph_builder<float> b;
    const auto x = b.input({1, 4});
    const auto w = b.random({4, 4}, 1);
    const auto y = b.add_node(dense{}, {b.add_node(dense{}, {x, w}), w});
    const auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    CHECK(measure(*g).parameters == 16);
    CHECK(measure(*g).macs == 32);
}
