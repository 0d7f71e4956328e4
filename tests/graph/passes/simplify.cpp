// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/graph/passes/simplify.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

namespace {

using net = graph<double>;

std::vector<any_tensor<double>> sample(const net& g) {
    random_bits bits(11);
    std::vector<any_tensor<double>> in;
    for (const auto id : g.inputs)
        in.emplace_back(random_tensor<double>(g[id].dims, bits));
    return in;
}

/// The pass leaves what the network computes, up to rounding, and as many nodes as expected.
template <class Pass>
net check_pass(graph_builder<double> b, std::vector<value_id> outputs, const Pass& pass, std::size_t nodes) {
    const auto g = std::move(b).finish(std::move(outputs));
    REQUIRE(g.has_value());
    const auto before = evaluate(*g, sample(*g));
    auto changed = pass(*g);
    REQUIRE(changed.has_value());
    CHECK(changed->nodes.size() == nodes);
    const auto after = evaluate(*changed, sample(*changed));
    REQUIRE(before.has_value());
    REQUIRE(after.has_value());
    REQUIRE(before->size() == after->size());
    for (std::size_t i = 0; i < after->size(); ++i) {
        CHECK(difference(std::get<0>((*before)[i]), std::get<0>((*after)[i])) < 1e-12);
        CHECK((*g)[g->outputs[i]].name == (*changed)[changed->outputs[i]].name);
    }
    return std::move(*changed);
}

} // namespace

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

TEST_CASE("constants per channel disappear into the layer before them") {
    graph_builder<double> b;
    const auto x = b.input({1, 5, 5, 3});
    auto y = b.conv(x, {.out = 4, .bias = false});
    y = b.combine(binary_op::mul, y, b.random({4}, 1));
    y = b.combine(binary_op::add, b.random({1, 1, 4}, 1), y);
    y = b.combine(binary_op::sub, b.constant(tensor<double>(shape{}, 2.0)), y);
    y = b.combine(binary_op::div, y, b.constant(tensor<double>({1}, 4.0)));
    check_pass(b, {y}, passes::fold_scale_shift{}, 1);
}

TEST_CASE("constants that are not per channel stay") {
    graph_builder<double> b;
    const auto x = b.input({1, 4, 4, 3});
    auto y = b.conv(x, {.out = 2});
    y = b.combine(binary_op::add, y, b.random({1, 2, 1, 1}, 1)); // per row
    y = b.combine(binary_op::div, b.constant(tensor<double>({1}, 1.0)),
                  b.conv(y, {.out = 2, .kernel = {1, 1}}));
    y = b.combine(binary_op::mul, b.conv(y, {.out = 1, .kernel = {1, 1}}), b.random({3}, 1)); // grows
    check_pass(b, {y}, passes::fold_scale_shift{}, 6);
}

TEST_CASE("nodes that give back their input are removed") {
    graph_builder<double> b;
    const auto x = b.input({1, 4, 4, 3});
    auto y = b.activate(x, {unary_op::identity});
    y = b.add_node(reshape{{1, 4, 4, 3}}, {y});
    y = b.relu(y);
    y = b.add_node(transpose{{0, 1, 2, 3}}, {y});
    y = b.add_node(slice{{0, 0, 0, 0}, {1, 4, 4, 3}, {1, 1, 1, 1}}, {y});
    y = b.add_node(pad{{0, 0, 0, 0}, {0, 0, 0, 0}}, {y});
    y = b.add_node(concat{3}, {y});
    y = b.add_node(split{3, {3}}, {y});
    y = b.add_node(cast{format::dtype::f32}, {y});
    y = b.add_node(expand{{1, 4, 4, 3}}, {y});
    y = b.max_pool(y, 1);
    check_pass(b, {y}, passes::remove_identity{}, 1);
}

TEST_CASE("what only looks like an identity stays") {
    graph_builder<double> b;
    const auto x = b.input({1, 4, 4, 3});
    auto y = b.add_node(transpose{{0, 2, 1, 3}}, {x});
    y = b.add_node(slice{{0, 3, 0, 0}, {1, 4, 4, 3}, {1, -1, 1, 1}}, {y});
    y = b.add_node(pad{{0, 1, 0, 0}, {0, -1, 0, 0}}, {y});
    y = b.add_node(concat{0}, {y});
    check_pass(b, {y}, passes::remove_identity{}, 3);
    graph_builder<double> door; // an input that is an output keeps a node between them
    const auto same = door.activate(door.input({1, 2}), {unary_op::identity});
    check_pass(door, {same}, passes::remove_identity{}, 1);
}

TEST_CASE("nodes on constants are computed once") {
    graph_builder<double> b;
    const auto x = b.input({1, 4});
    const auto w = b.add_node(transpose{{1, 0}}, {b.random({4, 3}, 1)});
    const auto bias = b.combine(binary_op::mul, b.random({3}, 1), b.random({3}, 1));
    const auto y = b.add_node(dense{}, {x, w, bias});
    const auto g = check_pass(b, {y}, passes::fold_constants{}, 1);
    CHECK(g[g.nodes[0].inputs[1]].dims == shape{3, 4});
}

TEST_CASE("simplify leaves convolutions and activations of a usual network") {
    graph_builder<double> b;
    const auto x = b.input({1, 8, 8, 3});
    auto y = b.relu(b.normalize(b.conv(b.activate(x, {unary_op::identity}), {.out = 4, .bias = false})));
    y = b.combine(binary_op::mul, b.conv(y, {.out = 4}),
                  b.combine(binary_op::add, b.random({4}, 1), b.random({4}, 1)));
    y = b.add_node(reshape{{1, 4, 4, 4}}, {y});
    y = b.fully_connected(b.flatten(y), 2);
    check_pass(b, {y}, passes::simplify{}, 5);
}
