// SPDX-License-Identifier: MIT
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <pith/distill/features.hpp>
#include <pith/graph/builder.hpp>

using namespace pith;

namespace {

graph<float> two_convolutions() {
    graph_builder<float> b;
    const auto x = b.relu(b.conv(b.input({1, 6, 6, 2}), {.out = 3}));
    b[x].name = "inside";
    return *std::move(b).finish({b.conv(x, {.out = 5})});
}

} // namespace

TEST_CASE("features: a tap makes a value an output, and is taken away with what only it needed") {
    const auto tapped = distill::tap{{"inside", "inside"}}(two_convolutions());
    REQUIRE(tapped);
    REQUIRE(tapped->outputs.size() == 3);
    CHECK(tapped->output_layouts.size() == 3);
    CHECK((*tapped)[tapped->outputs[1]].name == "inside");
    const auto alone = distill::untap{1}(*tapped);
    REQUIRE(alone);
    CHECK(alone->outputs.size() == 1);
    CHECK(alone->output_layouts.size() == 1);
    CHECK(alone->nodes.size() == two_convolutions().nodes.size());
}

TEST_CASE("features: names that are not there and outputs that are too few are refused with what was asked") {
    const auto nothing = distill::tap{{"outside"}}(two_convolutions());
    REQUIRE(!nothing);
    CHECK(std::string_view(nothing.error().where) == "outside");
    for (const std::size_t count : {std::size_t{0}, std::size_t{2}})
        CHECK(!distill::untap{count}(two_convolutions()));
}

TEST_CASE("features: a map counts samples, pixels and channels") {
    const std::vector<float> x(2 * 3 * 4 * 5);
    const distill::feature_map<const float> map{x, {2, 3, 4, 5}};
    CHECK(map.samples() == 2);
    CHECK(map.pixels() == 12);
    CHECK(map.channels() == 5);
}
