// SPDX-License-Identifier: MIT
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <pith/graph/builder.hpp>
#include <pith/train/tape_memory.hpp>

namespace {

using namespace pith;

train::tape_memory<float> constants_of(const graph<float>& g,
                                       const std::vector<train::learned_constant>& learned) {
    std::vector<train::quantized_state<float>> none;
    train::tape_memory<float> m;
    train::lay_out_constants(g, learned, none, m);
    return m;
}

/// Steps with slots as large as the values, as a tape fills them.
std::vector<train::tape_step<float>> filled_steps(const graph<float>& g) {
    auto steps = train::steps_of(g, false);
    for (auto& s : steps) {
        for (const auto id : s.in)
            s.data.in.push_back({.dims = g[id].dims});
        for (const auto id : s.out)
            s.data.out.push_back({.dims = g[id].dims});
    }
    return steps;
}

} // namespace

TEST_CASE("tape memory: constants keep their numbers, learned ones lie together in whole vectors") {
    graph_builder<float> b;
    const auto y = b.fully_connected(b.input({2, 4}), 3);
    const auto g = *std::move(b).finish({y});
    const value_id weights = g.nodes[0].inputs[1];
    const value_id bias = g.nodes[0].inputs[2];
    const auto m = constants_of(g, {{weights, train::role::weight}});
    REQUIRE(m.parameters.size() == 1);
    CHECK(m.parameters[0].value.data() == m.value[weights]);
    CHECK(m.parameters[0].gradient.data() == m.gradient[weights]);
    CHECK(m.parameter_values.size() == 16);
    CHECK(m.parameter_gradients.size() == 16);
    CHECK(m.wants[weights]);
    CHECK(!m.wants[bias]);
    CHECK(m.gradient[bias] == nullptr);
    CHECK(m.value[bias] == m.fixed.data());
    for (std::size_t i = 0; i < 12; ++i)
        CHECK(m.value[weights][i] == (*g[weights].reals())[i]);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(m.value[bias][i] == (*g[bias].reals())[i]);
}

TEST_CASE("tape memory: whole numbers, and outputs that no node computes, are refused by name") {
    graph_builder<float> whole;
    const auto x = whole.input({2, 4});
    const auto codes = whole.add_node(cast{format::dtype::i32}, {x});
    const auto g = *std::move(whole).finish({codes});
    auto m = constants_of(g, {});
    const auto refused = train::lay_out_values(g, train::steps_of(g, false), m);
    REQUIRE(!refused);
    CHECK(refused.error().code == errc::unsupported);
    CHECK(std::string_view(refused.error().where).find(g.nodes[0].name) != std::string_view::npos);

    graph_builder<float> b;
    auto lost = *std::move(b).finish({b.relu(b.input({2, 4}))});
    lost.nodes.clear();
    auto none = constants_of(lost, {});
    const auto missing = train::lay_out_values(lost, train::steps_of(lost, false), none);
    REQUIRE(!missing);
    CHECK(missing.error().code == errc::missing);
}

TEST_CASE("tape memory: a gradient is added to from its second reader on, and used-up memory is shared") {
    graph_builder<float> b;
    const auto x = b.input({2, 4});
    const auto a = b.relu(x);
    const auto c = b.relu(a);
    const auto d = b.relu(b.add(c, a));
    const auto g = *std::move(b).finish({d});
    auto m = constants_of(g, {});
    m.wants.assign(g.values.size(), true);
    auto steps = filled_steps(g);
    REQUIRE(train::lay_out_values(g, steps, m));
    const std::size_t values = m.pool.bytes();
    train::gradient_layout<float> gradients(m);
    gradients.keep(d, 8);
    for (auto s = steps.rbegin(); s != steps.rend(); ++s)
        gradients.visit(*s);

    const auto& add = steps[2].data;
    const auto& inner = steps[1].data;
    CHECK(!add.in[0].accumulate);
    CHECK(!add.in[1].accumulate);
    CHECK(inner.in[0].accumulate); // the addition wrote there before
    CHECK(inner.in[0].gradient == add.in[1].gradient);
    CHECK(inner.out[0].gradient == add.in[0].gradient);
    CHECK(steps[3].data.out[0].gradient == m.gradient[d]);
    for (const auto& s : steps)
        CHECK(s.has_gradient);
    // Of the gradients of d, the sum, c, a and x, each of 32 bytes, x's takes the place of one used up.
    CHECK(m.pool.bytes() - values == 4 * 32);
}

TEST_CASE("tape memory: what nobody asks for has no gradient") {
    graph_builder<float> b;
    const auto x = b.input({2, 4});
    const auto y = b.relu(b.fully_connected(b.relu(x), 4));
    const auto g = *std::move(b).finish({y});
    auto m = constants_of(g, train::learned_constants(g));
    auto steps = filled_steps(g);
    train::spread_gradients(g, steps, m.wants);
    REQUIRE(train::lay_out_values(g, steps, m));
    train::gradient_layout<float> gradients(m);
    gradients.keep(y, 8);
    for (auto s = steps.rbegin(); s != steps.rend(); ++s)
        gradients.visit(*s);
    CHECK(!steps[0].has_gradient);
    CHECK(steps[1].has_gradient);
    CHECK(steps[1].data.in[0].gradient == nullptr);
    CHECK(steps[1].data.in[1].gradient == m.gradient[g.nodes[1].inputs[1]]);
}
