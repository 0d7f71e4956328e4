// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/edit.hpp>
#include <pith/graph/evaluate.hpp>

using namespace pith;

TEST_CASE("what no output needs is removed, and ids follow") {
    graph_builder<float> b;
    const auto unused = b.input({1, 2}, "unused");
    const auto x = b.input({1, 2}, "x");
    const auto dead = b.relu(b.fully_connected(unused, 3));
    const auto y = b.activate(x, {unary_op::neg});
    static_cast<void>(dead);
    auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    remove_dead(*g);
    REQUIRE(g->nodes.size() == 1);
    CHECK(g->values.size() == 3);
    CHECK((*g)[g->inputs[0]].name == "unused");
    CHECK((*g)[g->inputs[1]].name == "x");
    const std::vector<any_tensor<float>> in{tensor<float>({1, 2}), tensor<float>({1, 2}, {3, 4})};
    const auto out = evaluate(*g, in);
    REQUIRE(out.has_value());
    CHECK(std::get<0>((*out)[0]) == tensor<float>({1, 2}, {-3, -4}));
}

TEST_CASE("uses are replaced in nodes and outputs") {
    graph_builder<float> b;
    const auto x = b.input({1, 2});
    const auto y = b.relu(x);
    const auto z = b.add(y, y);
    auto g = std::move(b).finish({z, y});
    REQUIRE(g.has_value());
    replace_uses(*g, y, x);
    CHECK(g->nodes[1].inputs == std::vector<value_id>{x, x});
    CHECK(g->outputs == std::vector<value_id>{z, x});
}
