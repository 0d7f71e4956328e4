// SPDX-License-Identifier: MIT
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
