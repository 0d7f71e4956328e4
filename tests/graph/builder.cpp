// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>

using namespace pith;

namespace {

result<graph<float>> make(std::uint64_t seed) {
    graph_builder<float> b(seed);
    const auto x = b.input({1, 8, 8, 3});
    const auto y = b.relu(b.normalize(b.conv(x, {.out = 4})));
    return std::move(b).finish({b.soft_max(b.flatten(b.max_pool(y, 2)))});
}

} // namespace

TEST_CASE("the same seed gives the same network") {
    const auto a = make(1);
    const auto b = make(1);
    const auto c = make(2);
    REQUIRE(a.has_value());
    const std::vector<any_tensor<float>> in{tensor<float>({1, 8, 8, 3}, 0.5f)};
    CHECK(*evaluate(*a, in) == *evaluate(*b, in));
    CHECK_FALSE(*evaluate(*a, in) == *evaluate(*c, in));
    CHECK((*a)[a->outputs[0]].dims == shape{1, 36});
    CHECK(a->input_layouts.size() == 1);
    CHECK(a->output_layouts.size() == 1);
}

TEST_CASE("the first mistake is kept to the end") {
    graph_builder<float> b;
    const auto x = b.input({1, 8, 8, 3});
    const auto wrong = b.conv(b.flatten(x), {.out = 4});
    CHECK(wrong == no_value);
    const auto later = b.soft_max(b.depthwise(b.fully_connected(b.add(wrong, wrong), 3)));
    const auto g = std::move(b).finish({later});
    REQUIRE_FALSE(g.has_value());
    CHECK(g.error().code == errc::bad_shape);
}
