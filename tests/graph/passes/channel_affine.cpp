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

bool absorbs(const net& g, node_index k, const std::vector<double>& factors) {
    return passes::can_absorb(g, uses_of(g), k, {factors, std::vector<double>(factors.size())});
}
bool absorbs(const net& g, node_index k, std::size_t channels) {
    return absorbs(g, k, std::vector<double>(channels, 2.));
}

/// What node 0 computes with the affine in it, against the same arithmetic behind it.
void check_absorbed(graph_builder<double> b, value_id y, const passes::channel_affine& a) {
    const auto g = finished(b, {b.relu(y)});
    const std::size_t channels = a.factor.size();
    REQUIRE(absorbs(g, 0, a.factor));
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

TEST_CASE("nothing is drawn past the codes of an output or into those of a bias") {
    graph_builder<double> b;
    const auto y = b.conv(b.input({1, 4, 4, 3}), {.out = 2});
    const auto g = finished(b, {b.relu(y)});
    for (const value_id id : {g.nodes[0].inputs[2], g.nodes[0].outputs[0]}) {
        auto coded = g;
        coded[id].encoded = encoding::per_tensor({});
        CHECK_FALSE(absorbs(coded, 0, 2));
    }
}

TEST_CASE("codes of weights stay or turn their sign, their scales and masters are multiplied") {
    graph_builder<double> b;
    const auto y = b.fully_connected(b.input({1, 3}), 2);
    auto g = finished(b, {b.relu(y)});
    auto& w = g[g.nodes[0].inputs[1]];
    *w.reals() = tensor<double>({2, 3}, {1.1, -2, 0, 0, 3.2, -0.4});
    w.encoded = {format::affine_codes{.lowest = -4, .highest = 3}, {1.F}, -1, 7};
    w.sparsity = format::sparsity::n_of_m(2, 3);
    REQUIRE(weight_codes(w) == std::vector<std::int8_t>{1, -2, 0, 0, 3, 0});
    REQUIRE(absorbs(g, 0, {0.5, -2.}));
    passes::absorb(g, 0, {{0.5, -2.}, {0, 0}});
    const auto& after = g[g.nodes[0].inputs[1]];
    CHECK(weight_codes(after) == std::vector<std::int8_t>{1, -2, 0, 0, -3, 0});
    CHECK(after.encoded.scales == std::vector<float>{0.5F, 2.F});
    CHECK(after.encoded.axis == 0);
    CHECK(after.encoded.mark == 7);
    CHECK((*after.reals())[4] == -6.4);
    CHECK(after.sparsity == format::sparsity::n_of_m(2, 3));
}

TEST_CASE("a code without an opposite keeps its layer from turning") {
    graph_builder<double> b;
    const auto y = b.fully_connected(b.input({1, 3}), 2);
    auto g = finished(b, {b.relu(y)});
    auto& w = g[g.nodes[0].inputs[1]];
    *w.reals() = tensor<double>({2, 3}, {-4, 1, 1, 1, 0, 1});
    const auto turns = [&](element_format f, double first, double second) {
        w.encoded = {f, {1.F}};
        return absorbs(g, 0, {first, second});
    };
    const format::affine_codes four{.lowest = -4, .highest = 3};
    CHECK(turns(four, 2, -1));
    CHECK_FALSE(turns(four, -1, 2));
    CHECK(turns(format::affine_codes{.lowest = -4, .highest = 4}, -1, -2));
    CHECK(turns(format::codebook{{-4, -1, 0, 1}, 4}, 1, -1));
    CHECK_FALSE(turns(format::codebook{{-4, -1, 0, 1}, 4}, -1, 1));
    CHECK(turns(format::binary{-1}, -1, -1));
    CHECK_FALSE(turns(format::binary{0}, 1, -1));
    w.encoded.axis = 1; // scales of the inputs
    w.encoded.scales = {1.F, 1.F, 1.F};
    CHECK_FALSE(absorbs(g, 0, 2));
}

} // namespace
