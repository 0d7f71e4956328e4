// SPDX-License-Identifier: MIT
#include <cstdint>
#include <string>
#include <utility>

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
    (*g)[g->nodes[0].inputs[1]].encoded = encoding{format::affine_codes{.lowest = -7, .highest = 7}, {1}};
    cost = measure(*g);
    CHECK(cost.nodes[0].weight_bytes == 54 + 16);
    CHECK(cost.nodes[0].weight_bits == 4);

    // A depthwise layer has a byte for each.
    (*g)[g->nodes[1].inputs[1]].encoded = encoding{format::affine_codes{.lowest = -7, .highest = 7}, {1}};
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

TEST_CASE("work beyond what a network's size justifies is refused with the numbers") {
    const auto pooled = [](std::int64_t size) {
        graph_builder<float> b;
        const auto x = b.input({1, size, size, 1});
        auto g = std::move(b).finish({b.add_node(
            pool2d{.op = pool_op::average, .kernel = {999, 999}, .pads = {499, 499, 499, 499}}, {x})});
        REQUIRE(g.has_value());
        return *std::move(g);
    };
    CHECK(measure(pooled(8)).work == 16 * (64 + 64 + 64 * 64) + 4096);
    CHECK(expect_work(pooled(8)).has_value());
    const auto refused = expect_work(pooled(100));
    REQUIRE_FALSE(refused.has_value());
    CHECK(std::string(refused.error().what).find("most_work") != std::string::npos);
    CHECK(std::string(refused.error().where) ==
          "1600324096 multiply-adds or as much for one sample, allowed are 33554432");
    CHECK(expect_work(pooled(100), std::int64_t{1} << 31).has_value());
}
