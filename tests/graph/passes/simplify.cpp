// SPDX-License-Identifier: MIT
#include <ctime>
#include <utility>

#include <doctest/doctest.h>

#include <pith/graph/passes/simplify.hpp>

#include "support/check_pass.hpp"

using namespace pith;
using namespace pith::tests;

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

TEST_CASE("long and wide networks take time in proportion to their size") {
    graph_builder<float> b;
    const auto x = b.input({1, 4});
    value_id y = x;
    for (int i = 0; i < 10000; ++i) {
        y = b.activate(y, {unary_op::identity});
        y = b.combine(binary_op::mul, y, b.constant(tensor<float>({4}, 1.F)));
        y = b.combine(binary_op::add, y, x);
    }
    auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    const auto start = std::clock();
    const auto simple = passes::simplify{}(*std::move(g));
    REQUIRE(simple.has_value());
    CHECK(simple->nodes.size() == 20000);
    CHECK(std::clock() - start < 2 * CLOCKS_PER_SEC); // minutes, where each node looks at all others
}
