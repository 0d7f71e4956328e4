// SPDX-License-Identifier: MIT
#include "pith/graph/biases.hpp"

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>

using namespace pith;

TEST_CASE("biases: layers without one get zeros, those that share one a copy, others keep theirs") {
    graph_builder<float> b;
    const auto x = b.input({1, 3});
    const auto bare = b.fully_connected(x, 3, false);
    const auto shared = b.random({3}, 1.);
    const auto first = b.add_node(dense{}, {bare, b.random({3, 3}, 1.), shared});
    const auto second = b.add_node(dense{}, {first, b.random({3, 3}, 1.), shared});
    const auto last = b.fully_connected(second, 2);
    auto g = *std::move(b).finish({last});
    const value_id own = g.nodes[3].inputs[2];
    CHECK(bias_of(g, g.nodes[0]) == nullptr);
    own_biases(g);
    REQUIRE(bias_of(g, g.nodes[0]) != nullptr);
    CHECK(*bias_of(g, g.nodes[0]) == tensor<float>({3}));
    CHECK(g.nodes[1].inputs[2] != g.nodes[2].inputs[2]);
    CHECK(*bias_of(g, g.nodes[1]) == *g[shared].reals());
    CHECK(*bias_of(g, g.nodes[2]) == *g[shared].reals());
    CHECK(g.nodes[3].inputs[2] == own);
}
