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
