// SPDX-License-Identifier: MIT
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/passes/channel_affine.hpp>

#include "support/check_pass.hpp"

namespace {

using namespace pith;
using namespace pith::tests;

net finished(graph_builder<double> b, std::vector<value_id> outputs) {
    auto g = std::move(b).finish(std::move(outputs));
    REQUIRE(g.has_value());
    return *std::move(g);
}

bool absorbs(const net& g, node_index k, std::size_t channels) {
    return passes::can_absorb(g, uses_of(g), k, channels);
}

/// What node 0 computes with the affine in it, against the same arithmetic behind it.
void check_absorbed(graph_builder<double> b, value_id y, const passes::channel_affine& a) {
    const auto g = finished(b, {b.relu(y)});
    const std::size_t channels = a.factor.size();
    REQUIRE(absorbs(g, 0, channels));
    auto changed = g;
    changed.outputs = {changed.nodes[0].outputs[0]};
    auto plain = changed;
    passes::absorb(changed, 0, a);
    const auto before = evaluate(plain, sample(plain));
    const auto after = evaluate(changed, sample(changed));
    REQUIRE(before.has_value());
    REQUIRE(after.has_value());
    tensor<double> expected = std::get<0>((*before)[0]);
    for (std::size_t i = 0; i < expected.size(); ++i)
        expected[i] = expected[i] * a.factor[i % channels] + a.offset[i % channels];
    CHECK(difference(std::get<0>((*after)[0]), expected) < 1e-12);
}

TEST_CASE("the layer computes what the affine made of it, with a bias and without") {
    for (const bool bias : {false, true}) {
        graph_builder<double> images;
        check_absorbed(images, images.conv(images.input({1, 5, 5, 4}), {.out = 6, .groups = 2, .bias = bias}),
                       {{1, -2, 0, 0.5, 3, 4}, {0, 1, -5, 0, 2, 7}});
        graph_builder<double> rows;
        check_absorbed(rows, rows.fully_connected(rows.input({3, 5}), 2, bias), {{-1, 2}, {0.25, 0}});
    }
}

TEST_CASE("only layers with float weights of so many channels absorb") {
    graph_builder<double> b;
    const auto y = b.conv(b.input({1, 4, 4, 3}), {.out = 2});
    const auto z = b.relu(y);
    const auto g = finished(b, {z});
    CHECK(absorbs(g, 0, 2));
    CHECK_FALSE(absorbs(g, 0, 3));
    CHECK_FALSE(absorbs(g, 1, 2)); // relu
    CHECK_FALSE(absorbs(g, no_node, 2));
    auto variable = g;
    variable[variable.nodes[0].inputs[1]].constant = {};
    CHECK_FALSE(absorbs(variable, 0, 2));
    auto free_bias = g;
    free_bias[free_bias.nodes[0].inputs[2]].constant = {};
    CHECK_FALSE(absorbs(free_bias, 0, 2));
}

TEST_CASE("a layer others read too keeps what they read") {
    graph_builder<double> b;
    const auto y = b.conv(b.input({1, 4, 4, 3}), {.out = 2});
    const auto z = b.relu(y);
    CHECK_FALSE(absorbs(finished(b, {y, z}), 0, 2));
    CHECK_FALSE(absorbs(finished(b, {b.add(y, z)}), 0, 2));
}

TEST_CASE("what has codes is not changed") {
    graph_builder<double> b;
    const auto y = b.conv(b.input({1, 4, 4, 3}), {.out = 2});
    const auto g = finished(b, {b.relu(y)});
    for (const value_id id : {g.nodes[0].inputs[1], g.nodes[0].outputs[0]}) {
        auto coded = g;
        coded[id].encoded = affine_encoding{};
        CHECK_FALSE(absorbs(coded, 0, 2));
    }
}

} // namespace
