// SPDX-License-Identifier: MIT
#include "pith/prune/mark_zeros.hpp"

#include "sparse_net.hpp"

using namespace pith;
using namespace pith::prune;

TEST_CASE("mark_zeros: layers with enough zeros are marked, and nothing else changes") {
    auto g = test::sparse_net();
    const auto weights = [&](std::size_t layer) -> value<float>& { return g[g.nodes[2 * layer].inputs[1]]; };
    auto& half = *weights(0).reals();
    for (std::size_t i = 0; i < half.size(); i += 2)
        half[i] = 0.f;
    (*weights(1).reals())[0] = 0.f;
    const auto marked = mark_zeros{}(g);
    REQUIRE(marked);
    CHECK(test::weights_of(*marked, 0).sparsity == format::sparsity::free());
    CHECK(test::weights_of(*marked, 1).sparsity.is_dense());
    CHECK(test::weights_of(*marked, 2).sparsity.is_dense());
    CHECK(*test::weights_of(*marked, 0).reals() == half);
    CHECK(test::weights_of(*mark_zeros{.at_least = 0.51f}(g), 0).sparsity.is_dense());
    weights(0).sparsity = format::sparsity::block(1, 2);
    CHECK(test::weights_of(*mark_zeros{}(g), 0).sparsity == format::sparsity::block(1, 2));
}

TEST_CASE("mark_zeros: shares that mean nothing are refused") {
    CHECK(mark_zeros{.at_least = 0.f}(test::sparse_net()).error().code == errc::bad_option);
    CHECK(mark_zeros{.at_least = 1.5f}(test::sparse_net()).error().code == errc::bad_option);
}
