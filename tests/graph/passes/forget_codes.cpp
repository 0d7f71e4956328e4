// SPDX-License-Identifier: MIT
/// A quantised network as the float network of its masters.

#include <utility>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/passes/forget_codes.hpp>

namespace {

using namespace pith;

TEST_CASE("forget_codes removes every encoding and nothing else") {
    graph_builder<float> b;
    const value_id x = b.input({1, 4});
    const value_id y = b.fully_connected(x, 3);
    b[x].encoded = encoding::per_tensor({0.5F, 128});
    b[y].encoded = encoding::per_tensor({0.25F, 3});
    auto g = std::move(b).finish({y});
    REQUIRE(g);
    CHECK(passes::has_codes(*g));
    const auto bare = passes::forget_codes{}(*g);
    REQUIRE(bare);
    CHECK(!passes::has_codes(*bare));
    CHECK(bare->nodes.size() == 1);
    CHECK(*(*bare)[bare->nodes[0].inputs[1]].reals() == *(*g)[g->nodes[0].inputs[1]].reals());
}

} // namespace
