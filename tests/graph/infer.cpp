// SPDX-License-Identifier: MIT
#include <string_view>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/graph/infer.hpp>

using namespace pith;

namespace {

struct image_net {
    graph<float> g;
    value_id conv = no_value;
    value_id out = no_value;
};

image_net make() {
    graph_builder<float> b;
    const auto x = b.input({1, 8, 8, 3}, "image");
    const auto c = b.conv(x, {.out = 4, .strides = {2, 2}, .pads = {1, 1, 1, 1}});
    const auto part = b.add_node(slice{{0, 0, 0, 1}, {1, 4, 4, 2}, {1, 1, 1, 1}}, {c});
    const auto flat = b.add_node(reshape{{1, 32}}, {part});
    const auto wide = b.add_node(expand{{1, 32}}, {flat});
    const auto y = b.fully_connected(wide, 10);
    auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    return {std::move(*g), c, y};
}

} // namespace

TEST_CASE("shapes flow through the graph") {
    auto net = make();
    CHECK(net.g[net.conv].dims == shape{1, 4, 4, 4});
    CHECK(net.g[net.out].dims == shape{1, 10});
    net.g[net.g.inputs[0]].dims = {1, 4, 8, 3};
    const auto r = infer_shapes(net.g);
    REQUIRE_FALSE(r.has_value());
    CHECK(r.error().code == errc::bad_shape);
    CHECK(std::string_view(r.error().where).find("node '") != std::string_view::npos);
    CHECK(std::string_view(r.error().where).find("(slice)") != std::string_view::npos);
}

TEST_CASE("set_batch frees reshapes, slices and expansions that keep the batch") {
    auto net = make();
    REQUIRE(set_batch(net.g, 5).has_value());
    CHECK(net.g[net.out].dims == shape{5, 10});
    REQUIRE(set_batch(net.g, 2).has_value());
    CHECK(net.g[net.conv].dims == shape{2, 4, 4, 4});
    CHECK_FALSE(set_batch(net.g, 0).has_value());

    // Two images at once give what they give one by one.
    tensor<float> two({2, 8, 8, 3});
    random_bits bits(3);
    for (auto& v : two.data())
        v = bits.unit();
    const auto both = evaluate(net.g, std::vector<any_tensor<float>>{two});
    REQUIRE(both.has_value());
    const tensor<float> second({1, 8, 8, 3}, {two.data().begin() + 192, two.data().end()});
    const auto one = evaluate(net.g, std::vector<any_tensor<float>>{second});
    REQUIRE(one.has_value());
    for (std::size_t i = 0; i < 10; ++i)
        CHECK(std::get<0>((*both)[0])[10 + i] == doctest::Approx(std::get<0>((*one)[0])[i]).epsilon(1e-5));
}

TEST_CASE("a network that mixes images is refused another batch") {
    graph_builder<float> b;
    const auto x = b.input({2, 4});
    const auto y = b.add_node(reshape{{4, 2}}, {x});
    const auto z = b.fully_connected(b.add_node(reshape{{1, 8}}, {y}), 3);
    auto g = std::move(b).finish({z});
    REQUIRE(g.has_value());
    CHECK_FALSE(set_batch(*g, 3).has_value());
}
