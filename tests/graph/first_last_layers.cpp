// SPDX-License-Identifier: MIT
#include "pith/graph/first_last_layers.hpp"

#include "quantize/net.hpp"

using namespace pith;

TEST_CASE("first and last layers: the first and the last layer of a residual network") {
    const auto g = test::residual_net();
    const auto marked = first_last_layers(g);
    for (std::size_t k = 0; k < g.nodes.size(); ++k) {
        CAPTURE(g.nodes[k].name);
        CHECK(marked[k] == (g.nodes[k].name == "conv1" || g.nodes[k].name == "dense"));
    }
}

TEST_CASE("first and last layers: every head of a network with two, and a lone layer") {
    test::net n;
    const auto x = n.input({1, 4, 4, 2});
    const auto trunk = n.relu("relu", n.conv("middle", n.relu("relu0", n.conv("first", x, 3)), 3));
    const auto left = n.conv("left", trunk, 2);
    const auto right = n.relu("right_relu", n.conv("right", trunk, 2));
    auto g = n.finish(n.add("sum", binary{}, {left, right}));
    const auto marked = first_last_layers(g);
    for (std::size_t k = 0; k < g.nodes.size(); ++k) {
        const std::string& name = g.nodes[k].name;
        CAPTURE(name);
        CHECK(marked[k] == (name == "first" || name == "left" || name == "right"));
    }
    test::net lone;
    const auto only = lone.finish(lone.conv("only", lone.input({1, 4, 4, 2}), 3));
    CHECK(first_last_layers(only) == std::vector<bool>{true});
}
