// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate_with_overrides.hpp>

namespace {

using namespace pith;

/// y = relu(x + 1) * 2, with the ids of what is between.
struct chain {
    graph<float> g;
    value_id x, sum, positive, y;
};

chain small_chain() {
    graph_builder<float> b(1);
    chain c{};
    c.x = b.input({1, 2});
    const auto one = b.constant(tensor<float>({1, 2}, 1.F));
    const auto two = b.constant(tensor<float>({1, 2}, 2.F));
    c.sum = b.add(c.x, one);
    c.positive = b.relu(c.sum);
    c.y = b.add_node(binary{binary_op::mul}, {c.positive, two});
    auto g = std::move(b).finish({c.y});
    REQUIRE(g);
    c.g = std::move(*g);
    return c;
}

std::vector<std::vector<float>> spliced(const chain& c, const std::vector<tensor<float>>& given) {
    std::vector<std::vector<float>> seen(c.g.values.size());
    const any_tensors<float> inputs{tensor<float>({1, 2}, {1, -3})};
    const auto done = evaluate_with_overrides(c.g, given, inputs, [&](value_id v, const tensor<float>& t) {
        seen[v].assign(t.data().begin(), t.data().end());
    });
    REQUIRE(done);
    return seen;
}

TEST_CASE("evaluate with overrides: without foreign values it is an evaluation") {
    const auto c = small_chain();
    const auto seen = spliced(c, {});
    CHECK(seen[c.sum] == std::vector<float>{2, -2});
    CHECK(seen[c.positive] == std::vector<float>{2, 0});
    CHECK(seen[c.y] == std::vector<float>{4, 0});
}

TEST_CASE(
    "evaluate with overrides: a node reads the foreign value before it, and its own is what it computes") {
    const auto c = small_chain();
    std::vector<tensor<float>> given(c.g.values.size());
    given[c.positive] = tensor<float>({1, 2}, {2.5F, 0.5F});
    const auto seen = spliced(c, given);
    CHECK(seen[c.positive] == std::vector<float>{2, 0}); // computed, not given
    CHECK(seen[c.y] == std::vector<float>{5, 1});
    given[c.x] = tensor<float>({1, 2}, {7, 7});
    CHECK(spliced(c, given)[c.sum] == std::vector<float>{8, 8});
}

TEST_CASE("evaluate with overrides: inputs must be the graph's") {
    const auto c = small_chain();
    const any_tensors<float> wrong{tensor<float>({1, 3})};
    CHECK(!evaluate_with_overrides(c.g, {}, wrong, ignore_values{}));
}

} // namespace
