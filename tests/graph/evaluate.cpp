// SPDX-License-Identifier: MIT
#include <map>
#include <string_view>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("evaluation runs the nodes in order and shows every value") {
    graph_builder<double> b;
    const auto x = b.input({1, 2});
    const auto d = b.add_node(dense{}, {x, b.constant(tensor<double>({2, 2}, {1, 2, 3, 4}))});
    const auto r = b.relu(d);
    const auto s = b.add(r, x);
    const auto g = std::move(b).finish({s, r, x});
    REQUIRE(g.has_value());

    std::map<value_id, tensor<double>> seen;
    const std::vector<any_tensor<double>> in{tensor<double>({1, 2}, {1, -1})};
    const auto out = evaluate(*g, in, [&](value_id id, const tensor<double>& t) { seen.emplace(id, t); });
    REQUIRE(out.has_value());
    CHECK(std::get<0>((*out)[0]) == tensor<double>({1, 2}, {1, -1}));
    CHECK(std::get<0>((*out)[1]) == tensor<double>({1, 2}, {0, 0}));
    CHECK((*out)[2] == in[0]);
    CHECK(seen.size() == 4);
    CHECK(seen.at(x) == std::get<0>(in[0]));
    CHECK(seen.at(d) == tensor<double>({1, 2}, {-1, -1}));
}

TEST_CASE("whole numbers flow beside reals and are cut to their type") {
    graph_builder<float> b;
    const auto x = b.input({3});
    const auto i = b.add_node(cast{format::dtype::u8}, {x});
    const auto twice = b.add(i, i);
    const auto g = std::move(b).finish({twice});
    REQUIRE(g.has_value());
    int wholes = 0;
    const std::vector<any_tensor<float>> in{tensor<float>({3}, {1, 100, 200})};
    const auto out = evaluate(*g, in, [&](value_id, const tensor<std::int64_t>&) { ++wholes; });
    REQUIRE(out.has_value());
    CHECK(std::get<1>((*out)[0]) == integers({3}, {2, 200, 144}));
    CHECK(wholes == 2);
}

TEST_CASE("evaluation refuses wrong inputs and names the node that fails") {
    graph_builder<float> b;
    const auto x = b.input({1, 3}, "pixels");
    const auto y =
        b.add_node(opaque{.domain = "", .op_type = "Einsum", .dims = {{1, 3}}, .attributes = {}}, {x});
    const auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    using tensors = std::vector<any_tensor<float>>;
    CHECK_FALSE(evaluate(*g, tensors{}).has_value());
    const auto shape_fault = evaluate(*g, tensors{tensor<float>({1, 4})});
    REQUIRE_FALSE(shape_fault.has_value());
    CHECK(std::string_view(shape_fault.error().where) == "pixels");
    CHECK_FALSE(evaluate(*g, tensors{integers({1, 3})}).has_value());
    const auto refused = evaluate(*g, tensors{tensor<float>({1, 3})});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::unsupported);
    CHECK(std::string_view(refused.error().where).find("Einsum") != std::string_view::npos);
}

TEST_CASE("an output that nothing computes is refused") {
    graph_builder<float> b;
    const auto x = b.input({1});
    auto g = std::move(b).finish({x});
    REQUIRE(g.has_value());
    g->outputs.push_back(g->add_value(
        {.name = "lost", .dims = {}, .type = format::dtype::f32, .constant = {}, .encoded = {}}));
    CHECK_FALSE(evaluate(*g, std::vector<any_tensor<float>>{tensor<float>({1})}).has_value());
}
