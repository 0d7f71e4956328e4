// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/passes/fold_constants.hpp>

#include "support/check_pass.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("nodes on constants are computed once") {
    graph_builder<double> b;
    const auto x = b.input({1, 4});
    const auto w = b.add_node(transpose{{1, 0}}, {b.random({4, 3}, 1)});
    const auto bias = b.combine(binary_op::mul, b.random({3}, 1), b.random({3}, 1));
    const auto y = b.add_node(dense{}, {x, w, bias});
    const auto g = check_pass(b, {y}, passes::fold_constants{}, 1);
    CHECK(g[g.nodes[0].inputs[1]].dims == shape{3, 4});
}

TEST_CASE("codes and sparsity move with the elements of a constant") {
    graph_builder<double> b;
    const auto w = b.constant(tensor<double>({4, 3}, {0, 2, 0, 1, 0, 0, 3, 0, 0, 0, 0, 1}));
    b[w].encoded = {format::affine_codes{.lowest = -7, .highest = 7}, {1, 2, 3}, 1};
    b[w].sparsity = format::sparsity::n_of_m(1, 3);
    const auto y = b.add_node(dense{}, {b.input({1, 4}), b.add_node(transpose{{1, 0}}, {w})});
    const auto g = check_pass(b, {y}, passes::fold_constants{}, 1);
    const auto& moved = g[g.nodes[0].inputs[1]];
    CHECK(moved.dims == shape{3, 4});
    CHECK(moved.encoded.axis == 0);
    CHECK(has_weight_codes(moved));
    CHECK(moved.sparsity == format::sparsity::free()); // 1, 3 stand in one row now
}

TEST_CASE("what computes with codes is left") {
    graph_builder<double> b;
    const auto w = b.random({3, 4}, 1);
    b[w].encoded = {format::affine_codes{.lowest = -7, .highest = 7}, {1}};
    const auto y = b.add_node(dense{}, {b.input({1, 4}), b.relu(w)});
    const auto g = check_pass(b, {y}, passes::fold_constants{}, 2);
    CHECK(g[g.nodes[0].inputs[0]].is_coded());
}

TEST_CASE("what would take too much work is left to be computed") {
    graph_builder<float> b;
    const auto x = b.input({1, 64, 64, 1});
    const auto pooled =
        b.add_node(pool2d{.op = pool_op::average, .kernel = {63, 63}, .pads = {31, 31, 31, 31}},
                   {b.random({1, 64, 64, 1}, 1)});
    const auto y = b.add(x, b.relu(pooled));
    auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    const auto all = passes::fold_constants{}(graph<float>(*g));
    REQUIRE(all.has_value());
    CHECK(all->nodes.size() == 1);
    const auto some = passes::fold_constants{.most_work = 1 << 24}(*std::move(g));
    REQUIRE(some.has_value());
    CHECK(some->nodes.size() == 3);
}
