// SPDX-License-Identifier: MIT
#include "pith/prune/blocks.hpp"

#include "pith/format/stored_elements.hpp"

#include "sparse_net.hpp"

using namespace pith;
using namespace pith::prune;

TEST_CASE("blocks: whole blocks go, the given share of them") {
    const auto g = test::sparse_net();
    const auto s = blocks{.rows = 4, .columns = 2, .remove = 0.5f, .dense = test::everywhere()}(g);
    REQUIRE(s);
    for (std::size_t layer = 0; layer < 2; ++layer) {
        const auto& w = test::weights_of(*s, layer);
        CHECK(w.sparsity == format::sparsity::block(4, 2));
        CHECK(format::stored_elements<float>(w.sparsity, w.reals()->data(), 4) == w.reals()->size() / 2);
        CHECK(test::zeros_of(*s, layer) == w.reals()->size() / 2);
    }
}

TEST_CASE("blocks: those of the smallest mean square, however small they are at the ends") {
    const tensor<float> w({3, 3}, {1, 1, 5, 1, 1, 5, 0, 3, 2});
    const prune::detail::block_grid grid{3, 3, 2, 2};
    REQUIRE(grid.count() == 4);
    CHECK(prune::detail::mean_squares(grid, w) == std::vector<double>{1, 25, 4.5, 4});
}

TEST_CASE("blocks: bad shares and shapes are refused") {
    const auto g = test::sparse_net();
    CHECK(blocks{.rows = 1, .columns = 1}(g).error().code == errc::bad_option);
    CHECK(blocks{.rows = 0, .columns = 4}(g).error().code == errc::bad_option);
    CHECK(blocks{.remove = -1.f}(g).error().code == errc::bad_option);
}
