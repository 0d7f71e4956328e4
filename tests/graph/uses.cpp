// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/uses.hpp>

using namespace pith;

TEST_CASE("uses name the producer and all readers") {
    graph_builder<float> b;
    const auto x = b.input({1, 4});
    const auto y = b.relu(x);
    const auto z = b.add(y, y);
    const auto unread = b.relu(z);
    const auto g = std::move(b).finish({z});
    REQUIRE(g.has_value());
    const auto uses = uses_of(*g);
    CHECK(uses[x].producer == no_node);
    CHECK(has_one_reader(uses[x]));
    CHECK(uses[y].producer == 0);
    CHECK(uses[y].readers == std::vector<node_index>{1, 1});
    CHECK_FALSE(has_one_reader(uses[y]));
    CHECK(uses[z].is_output);
    CHECK_FALSE(has_one_reader(uses[z]));
    const auto last = last_uses(*g);
    CHECK(last[x] == 0);
    CHECK(last[y] == 1);
    CHECK(last[z] == no_node);
    CHECK(last[unread] == 2);
}
