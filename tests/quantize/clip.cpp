// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/clip.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;

namespace {

/// Nothing but a clip and `highest` + 1 levels.
struct clipped {
    int highest = 3;

    template <class T>
    [[nodiscard]] T forward(quantize::input<T> x, quantize::input<T> p, std::span<T> codes) const {
        return quantize::encode_to_clip(x, p, highest, codes);
    }
};

float started(double start, const std::vector<float>& x) {
    std::vector<float> p(1);
    quantize::start_clip(clipped{}, start, std::span<const float>(x), std::span<float>(p));
    return p[0];
}

} // namespace

TEST_CASE("clip: never below the least one, in use and behind a step") {
    for (const double given : {-3.0, 0.0, 1e-4, 1e-3, 2.5}) {
        std::vector<double> p{given};
        const double expected = given > 1e-3 ? given : 1e-3;
        CHECK(quantize::clip_of(std::span<const double>(p)) == expected);
        CHECK(p[0] == given);
        quantize::hold_clip(std::span<double>(p));
        CHECK(p[0] == expected);
    }
}

TEST_CASE("clip: codes are evenly spaced between 0 and the clip, ties to even") {
    const std::vector<double> x{-1, 0, 0.25, 0.75, 1.25, 1.5, 9};
    const auto f = forward<double>(clipped{3}, x, {1.5});
    CHECK(f.scale == 0.5);
    CHECK(f.codes == std::vector<double>{0, 0, 0, 2, 2, 3, 3});
    CHECK(forward<double>(clipped{5}, x, {-1.0}).scale == 1e-3 / 5);
}

TEST_CASE("clip: begins where it is told, else at least squared error") {
    std::vector<float> x(4000, 1.F);
    CHECK(started(6, x) == 6.F);
    CHECK(started(1e-9, x) == 1e-3F);
    CHECK(started(0, x) == 1.F);
    x.push_back(30.F); // one outlier is clipped rather than all others lost
    CHECK(started(0, x) == 3.F);
    CHECK(started(-1, x) == 3.F);
    CHECK(started(0, {0.F, 0.F}) == 1.F);
}
