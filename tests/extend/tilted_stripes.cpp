// SPDX-License-Identifier: MIT
#include "tilted_stripes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "clip_outliers.hpp"

using namespace pith;

namespace {

static_assert(train::image_source<mine::tilted_stripes> && train::has_labels<mine::tilted_stripes>);

/// Share of the images whose class is the program's greatest output.
double accuracy(run::session& program, const mine::tilted_stripes& images) {
    std::size_t right = 0;
    for (std::size_t i = 0; i < images.size(); ++i) {
        images.image(i, program.input(0));
        program.run();
        const auto y = program.output(0);
        right += std::max_element(y.begin(), y.end()) - y.begin() == images.label(i) ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(images.size());
}

} // namespace

TEST_CASE("extend: data of one's own train, calibrate and judge, with a pass of one's own in the chain") {
    const mine::tilted_stripes images{.seed = 1};
    const mine::tilted_stripes held_out{.seed = 2};
    const auto packed =
        train::mlp{.input = {1, 8, 8, 1}, .hidden = {32, 32}, .classes = 4}
            .build<float>(1)
            .and_then(train::fit(images, held_out, {.tape = {.batch = 20}, .epochs = 3}))
            .and_then(mine::clip_outliers{.deviations = 3})
            .and_then(quantize::post_training{.calibration = data::samples_of(images, {1, 8, 8, 1})})
            .and_then(plan::pack_for{});
    REQUIRE(packed);
    auto program = run::session::open(*packed);
    REQUIRE(program);
    CHECK(accuracy(*program, held_out) > 0.95);
}

TEST_CASE("extend: the pass clips what lies far out, leaves the rest, and refuses nonsense") {
    auto built = train::mlp{.input = {1, 8, 8, 1}, .hidden = {16}, .classes = 4}.build<float>(1);
    REQUIRE(built);
    auto& weights = *(*built)[built->nodes[1].inputs[1]].reals();
    REQUIRE(weights.size() == 16 * 64);
    std::fill(weights.data().begin(), weights.data().end(), 0.125F);
    weights[5] = -100;
    auto clipped = mine::clip_outliers{.deviations = 2}(*built);
    REQUIRE(clipped);
    const auto& after = *(*clipped)[clipped->nodes[1].inputs[1]].reals();
    const float most = 2 * std::sqrt((100 * 100 + 1023 * 0.125F * 0.125F) / 1024);
    CHECK(after[5] == doctest::Approx(-most));
    CHECK(after[6] == 0.125F);
    CHECK(!mine::clip_outliers{.deviations = 0}(*built));
}
