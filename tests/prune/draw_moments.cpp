// SPDX-License-Identifier: MIT
#include "pith/prune/draw_moments.hpp"

#include <cmath>

#include "sparse_net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::prune;

TEST_CASE("draw moments: of every position, what a layer reads and gives in another network") {
    const auto g = test::sparse_net();
    auto other = g;
    for (auto& w : other[other.nodes[0].inputs[1]].reals()->data())
        w *= 0.5f;
    sample_walk<float, layer_list> real(g);
    sample_walk<float, layer_list> now(other);
    REQUIRE(real.take(test::samples_of(g), 3));
    REQUIRE(now.take(test::samples_of(g), 3));
    for (node_index k = 0; k < 3; ++k) {
        REQUIRE(real.run(k));
        if (k < 2)
            REQUIRE(now.run(k));
    }
    const auto& n = g.nodes[2];
    const kept_channels kept{true, false, true, true};
    const auto w = prune::detail::keep_slices(*g[n.inputs[1]].reals(), 0, kept);
    const auto sums =
        prune::detail::draw_moments<float, layer_list>(n, w, {now, &real, kept}, {.rows = 1000}, 1);
    CHECK(sums.rows() == 3 * 36);
    const auto m = sums.moments();
    CHECK(m.depth == 36);
    CHECK(m.outputs == 3);
    double mean_x = 0;
    double mean_y = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto x = now.value(n.inputs[0], i);
        const auto y = real.value(n.outputs[0], i);
        for (std::size_t p = 0; p < 36; ++p) {
            mean_x += static_cast<double>(x[p * 4 + 2]) / 108; // the middle tap of channel 2 sees every pixel
            mean_y += static_cast<double>(y[p * 4 + 2]) / 108;
        }
    }
    CHECK(m.input_means[4 * 4 + 2] == doctest::Approx(mean_x));
    CHECK(m.output_means[1] == doctest::Approx(mean_y));
}

TEST_CASE("draw moments: some positions, and no targets") {
    const auto g = test::sparse_net();
    sample_walk<float, layer_list> walk(g);
    REQUIRE(walk.take(test::samples_of(g), 4));
    const auto& n = g.nodes[0];
    const auto sums =
        prune::detail::draw_moments<float, layer_list>(n, *g[n.inputs[1]].reals(), {walk}, {.rows = 20}, 1);
    CHECK(sums.rows() == 20);
    CHECK(sums.moments().outputs == 1);
    CHECK(sums.moments().inputs[4 * 36 * 4 + 16] > 0);
}
