// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/passes/remove_identity.hpp>

#include "support/check_pass.hpp"

using namespace pith;
using namespace pith::tests;

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

TEST_CASE("chains of identities, and values that many of them read") {
    graph_builder<double> b;
    const auto x = b.input({1, 4});
    const auto same = [&](value_id v) { return b.activate(v, {unary_op::identity}); };
    const auto a = same(same(same(x)));
    const auto c = same(a);
    const auto d = b.add(same(a), same(b.relu(c)));
    const auto y = same(same(b.add(d, a)));
    const auto g = check_pass(b, {y}, passes::remove_identity{}, 3);
    CHECK(g.nodes[0].inputs[0] == g.inputs[0]);
    CHECK(g.nodes[1].inputs[0] == g.inputs[0]);
    CHECK(g.nodes[2].outputs[0] == g.outputs[0]);
}
