// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/encoding.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

using namespace pith;

namespace {

/// By looking at all: the nearest, of two as near the one nearer to zero, of -n and n the latter.
int nearest(const std::vector<std::int16_t>& levels, float code) {
    int best = levels[0];
    for (const int level : levels) {
        const float apart = std::fabs(code - static_cast<float>(level));
        const float least = std::fabs(code - static_cast<float>(best));
        if (apart < least || (apart == least && std::abs(level) <= std::abs(best)))
            best = level;
    }
    return best;
}

} // namespace

TEST_CASE("encoding: the nearest level, of two as near the one nearer to zero") {
    for (const std::vector<std::int16_t>& levels :
         {std::vector<std::int16_t>{-10, -4, -3, -1, 0, 1, 3, 4, 10},
          {-1, 1},
          {0, 1, 2, 4},
          {7},
          {-8, -2, 100}}) {
        affine_encoding e;
        e.levels = levels;
        for (int quarter = -60; quarter <= 440; ++quarter) {
            const float code = static_cast<float>(quarter) / 4.f;
            CAPTURE(code);
            CHECK(e.nearest_level(code) == nearest(levels, code));
        }
        const float inf = std::numeric_limits<float>::infinity();
        CHECK(e.nearest_level(inf) == levels.back());
        CHECK(e.nearest_level(-inf) == levels.front());
        CHECK(e.nearest_level(std::numeric_limits<float>::quiet_NaN()) == levels.front());
    }
}

TEST_CASE("encoding: reals become codes of their own slice, levels or not") {
    affine_encoding e{
        .scales = {0.5f, 2.f}, .zeros = {0, 0}, .axis = 0, .bits = 4, .lowest = -8, .highest = 7};
    CHECK(e.encode(0, 1.f) == 2);
    CHECK(e.encode(1, 1.f) == 0); // a tie: to the even code
    CHECK(e.encode(1, 100.f) == 7);
    e.levels = {-4, 0, 4};
    CHECK(e.encode(0, 1.01f) == 4);
    CHECK(e.encode(0, -1.f) == 0);
    const auto one = affine_encoding::per_tensor({0.1f, 3, 0, 255});
    CHECK(one.at(5).scale == 0.1f);
    CHECK(one.at(5).zero == 3);
    CHECK(one.axis == -1);
    CHECK(one == affine_encoding::per_tensor({0.1f, 3, 0, 255}));
}
