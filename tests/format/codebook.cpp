// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/format/codebook.hpp>
#include <pith/format/element.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

using namespace pith;

static_assert(format::element<format::codebook>);

namespace {

/// By looking at all: the nearest, of two as near the one nearer to zero, of -n and n the latter.
int nearest(const std::vector<int>& levels, float quotient) {
    int best = levels[0];
    for (const int level : levels) {
        const float apart = std::fabs(quotient - static_cast<float>(level));
        const float least = std::fabs(quotient - static_cast<float>(best));
        if (apart < least || (apart == least && std::abs(level) <= std::abs(best)))
            best = level;
    }
    return best;
}

} // namespace

TEST_CASE("codebook: the nearest level, of two as near the one nearer to zero") {
    for (const std::vector<int>& levels :
         {std::vector<int>{-10, -4, -3, -1, 0, 1, 3, 4, 10}, {-1, 1}, {0, 1, 2, 4}, {7}, {-8, -2, 100}}) {
        auto c = format::codebook_of(levels).value();
        for (const int zero : {0, 20}) {
            c.zero = zero;
            for (int quarter = -60; quarter <= 440; ++quarter) {
                const float quotient = static_cast<float>(quarter) / 4.f;
                CAPTURE(quotient);
                CHECK(c.encode(quotient) == zero + nearest(levels, quotient));
            }
            const float inf = std::numeric_limits<float>::infinity();
            CHECK(c.encode(inf) == zero + levels.back());
            CHECK(c.encode(-inf) == zero + levels.front());
            CHECK(c.encode(std::numeric_limits<float>::quiet_NaN()) == zero + levels.front());
        }
    }
}

TEST_CASE("codebook: what it tells kernels and storage") {
    const auto c = format::codebook_of(std::vector<int>{-9, -3, 0, 3, 9}).value();
    CHECK(c.bits() == 3);
    CHECK(c.listed() == 5);
    CHECK(c.codes() == format::affine_codes{0, -9, 9, 0});
    CHECK(format::codebook{c.levels, 5, 30}.codes() == format::affine_codes{30, 21, 39, 0});
    CHECK(format::codebook_of(std::vector<int>{5}).value().bits() == 1);
}

TEST_CASE("codebook: levels ascend, are at least one and at most 128, of int8") {
    using list = std::vector<int>;
    CHECK(format::codebook_of(list{-128, 127}));
    for (const list& bad : {list{}, list{1, 1}, list{2, 1}, list{-129, 0}, list{0, 128}})
        CHECK_FALSE(format::codebook_of(bad));
    list all;
    for (int i = -64; i < 64; ++i)
        all.push_back(i);
    CHECK(format::codebook_of(all).value().bits() == 7);
    all.push_back(64);
    CHECK_FALSE(format::codebook_of(all));
    CHECK_FALSE(format::codebook{}.is_valid());
    CHECK_FALSE(format::codebook{{}, 200}.is_valid());
}

TEST_CASE("codebook: what stands behind the levels does not tell two apart") {
    const format::codebook a{{-2, 0, 2}, 3};
    CHECK(a == format::codebook{{-2, 0, 2, 9}, 3});
    CHECK_FALSE(a == format::codebook{{-2, 0, 2, 9}, 4});
    CHECK_FALSE(a == format::codebook{{-2, 0, 3}, 3});
    CHECK_FALSE(a == format::codebook{{-2, 0, 2}, 3, 1});
}
