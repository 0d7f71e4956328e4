// SPDX-License-Identifier: MIT
#include "pith/prune/refit.hpp"

#include "pith/format/stored_elements.hpp"

#include <pith/prune/magnitude.hpp>
#include <pith/prune/n_of_m.hpp>

#include "sparse_net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::prune;

TEST_CASE("refit: what is left comes nearer to what was, and zeros stay") {
    const auto g = test::sparse_net();
    const refit fit{.look = {.calibration = test::samples_of(g), .samples = 64}};
    const auto half = magnitude{.remove = 0.5f, .dense = test::everywhere()}(g);
    REQUIRE(half);
    const auto fitted = fit(*half, g);
    REQUIRE(fitted);
    CHECK(test::error_of(g, *fitted) < 0.5 * test::error_of(g, *half));
    for (std::size_t layer = 0; layer < 3; ++layer) {
        const auto& before = *test::weights_of(*half, layer).reals();
        const auto& after = *test::weights_of(*fitted, layer).reals();
        for (std::size_t i = 0; i < before.size(); ++i)
            CHECK((before[i] == 0.f) == (after[i] == 0.f));
    }
    const auto at_once = refitted{magnitude{.remove = 0.5f, .dense = test::everywhere()}, fit}(g);
    REQUIRE(at_once);
    CHECK(test::error_of(*at_once, *fitted) == 0.);
}

TEST_CASE("refit: a pattern stays one, layers that are dense stay as they were") {
    const auto g = test::sparse_net();
    const auto fitted = refitted{n_of_m{.dense = {.depth_below = 9}},
                                 refit{{.calibration = test::samples_of(g), .samples = 16}}}(g);
    REQUIRE(fitted);
    const auto& w = test::weights_of(*fitted, 1);
    CHECK(w.sparsity == format::sparsity::n_of_m(2, 4));
    CHECK(format::obeys<float>(w.sparsity, w.reals()->data(), 4));
    CHECK(*test::weights_of(*fitted, 0).reals() == *test::weights_of(g, 0).reals());
    CHECK(*test::weights_of(*fitted, 2).reals() == *test::weights_of(g, 2).reals());
}

TEST_CASE("refit: without samples, with codes or towards another network it refuses") {
    const auto g = test::sparse_net();
    const calibration_options look{.calibration = test::samples_of(g)};
    CHECK(refit{}(g, g).error().code == errc::bad_option);
    CHECK(refit{{.calibration = test::samples_of(g), .rows = 0}}(g, g).error().code == errc::bad_option);
    CHECK(refit{{.calibration = samples_from({})}}(g, g).error().code == errc::missing);
    auto shorter = g;
    shorter.nodes.pop_back();
    CHECK(refit{look}(g, shorter).error().code == errc::bad_option);
    auto coded = g;
    coded.values[coded.nodes[0].inputs[1]].encoded = encoding{format::affine_codes{}, {1.f}};
    CHECK(refit{look}(coded, g).error().code == errc::unsupported);
}
