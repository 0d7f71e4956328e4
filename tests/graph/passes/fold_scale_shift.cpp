// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/passes/fold_scale_shift.hpp>

#include "support/check_pass.hpp"

using namespace pith;
using namespace pith::tests;

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
