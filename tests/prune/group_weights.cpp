// SPDX-License-Identifier: MIT
#include "pith/prune/group_weights.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>

using namespace pith;
using namespace pith::prune;

namespace {

using rows = std::vector<std::vector<std::uint32_t>>;

} // namespace

TEST_CASE("group weights: rows of what makes a channel, columns of what reads it, at every tap") {
    graph_builder<float> b;
    const auto made = b.conv(b.input({1, 6, 6, 2}), {.out = 3, .kernel = {1, 1}});
    const auto normal = b.normalize(made);
    const auto read = b.conv(normal, {.out = 2, .kernel = {1, 2}});
    const auto g = *std::move(b).finish({read});
    const auto groups = find_channel_groups(g);
    REQUIRE(groups);
    const auto& group = (*groups)[0].why.empty() ? (*groups)[0] : (*groups)[1];
    const auto w = weights_of(g, uses_of(g), group);
    CHECK(w.units == 3);
    REQUIRE(w.makers.size() == 1);
    CHECK(w.makers[0].of_unit == rows{{0}, {1}, {2}});
    CHECK(w.makers[0].columns == 2);
    REQUIRE(w.readers.size() == 1);
    CHECK(w.readers[0].rows == 2);
    CHECK(w.readers[0].of_unit == rows{{0, 3}, {1, 4}, {2, 5}});
    REQUIRE(w.norm_scales.size() == 1);
    const auto& gamma = *g[g.nodes[1].inputs[1]].reals();
    CHECK(w.norm_scales[0][1] == doctest::Approx(std::fabs(static_cast<double>(gamma[1]))));
}

TEST_CASE(
    "group weights: filters of one channel are makers, groups read the same columns, pixels are columns") {
    graph_builder<float> b;
    const auto deep = b.depthwise(b.conv(b.input({1, 4, 4, 2}), {.out = 4, .kernel = {1, 1}}));
    const auto grouped = b.conv(deep, {.out = 2, .kernel = {1, 1}, .groups = 2});
    const auto last = b.fully_connected(b.flatten(grouped), 3);
    const auto g = *std::move(b).finish({last});
    const auto groups = find_channel_groups(g);
    REQUIRE(groups);
    std::vector<group_weights> w;
    for (const auto& group : *groups)
        if (group.why.empty())
            w.push_back(weights_of(g, uses_of(g), group));
    REQUIRE(w.size() == 2);
    REQUIRE(w[0].makers.size() == 2);
    CHECK(w[0].makers[1].of_unit == rows{{0, 2}, {1, 3}});
    REQUIRE(w[0].readers.size() == 1);
    CHECK(w[0].readers[0].of_unit == rows{{0}, {1}}); // of either group
    REQUIRE(w[1].readers.size() == 1);
    REQUIRE(w[1].readers[0].of_unit.size() == 1); // both outputs, one of each group, go together
    CHECK(w[1].readers[0].of_unit[0].size() == 32);
}
