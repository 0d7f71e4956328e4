// SPDX-License-Identifier: MIT
#include "pith/prune/tiles.hpp"

#include "sparse_net.hpp"

using namespace pith;
using namespace pith::prune;

TEST_CASE("tiles: whole tiles of outputs by input channels of one kernel element go") {
    graph_builder<float> b(3);
    const auto y = b.conv(b.input({1, 5, 5, 6}), {.out = 20});
    auto g = *std::move(b).finish({y});
    const auto pruned =
        tiles{.outputs = 16, .inputs = 4, .remove = 0.5f, .dense = test::everywhere()}(std::move(g));
    REQUIRE(pruned);
    const auto& v = test::weights_of(*pruned, 0);
    CHECK(v.sparsity == format::sparsity::free());
    const auto zero = [&](std::size_t output, std::size_t tap, std::size_t input) {
        return (*v.reals())[(output * 9 + tap) * 6 + input] == 0.f;
    };
    std::size_t tiles_gone = 0;
    for (std::size_t first = 0; first < 20; first += 16)
        for (std::size_t tap = 0; tap < 9; ++tap)
            for (std::size_t from = 0; from < 6; from += 4) {
                const bool gone = zero(first, tap, from);
                tiles_gone += gone ? 1 : 0;
                for (std::size_t o = first; o < std::min<std::size_t>(first + 16, 20); ++o)
                    for (std::size_t k = from; k < std::min<std::size_t>(from + 4, 6); ++k)
                        CHECK(zero(o, tap, k) == gone);
            }
    CHECK(tiles_gone == 18); // of 36
}

TEST_CASE("tiles: those of the smallest mean square, however small they are at the ends") {
    const tensor<float> w({3, 3}, {1, 1, 5, 1, 1, 5, 0, 3, 2});
    const prune::detail::tile_grid grid{3, 1, 3, 2, 2};
    REQUIRE(grid.count() == 4);
    CHECK(prune::detail::mean_squares(grid, w) == std::vector<double>{1, 25, 4.5, 4});
}

TEST_CASE("tiles: bad shares and shapes are refused") {
    const auto g = test::sparse_net();
    CHECK(tiles{.outputs = 0}(g).error().code == errc::bad_option);
    CHECK(tiles{.inputs = 0}(g).error().code == errc::bad_option);
    CHECK(tiles{.remove = 1.f}(g).error().code == errc::bad_option);
}
