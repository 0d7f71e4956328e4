// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/concat.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("concat joins along the first, a middle and the last axis") {
    const tensor<float> a({1, 2}, {1, 2});
    const tensor<float> b({1, 2}, {3, 4});
    CHECK(run_one<float>(concat{0}, {a, b}) == tensor<float>({2, 2}, {1, 2, 3, 4}));
    CHECK(run_one<float>(concat{1}, {a, b}) == tensor<float>({1, 4}, {1, 2, 3, 4}));
    const auto x = counted<float>({2, 1, 2});
    const auto y = run_one<float>(concat{1}, {x, tensor<float>({2, 2, 2}, 9.f)});
    CHECK(y == tensor<float>({2, 3, 2}, {0, 1, 9, 9, 9, 9, 2, 3, 9, 9, 9, 9}));
    CHECK(run_whole(concat{0}, {integers({1}, 7), integers({2}, {8, 9})}) == integers({3}, {7, 8, 9}));
    CHECK(run_one<float>(concat{0}, {a}) == a);
}

TEST_CASE("concat refuses values that do not join") {
    CHECK_FALSE(refusal(concat{0}, {{1, 2}, {1, 3}}).empty());
    CHECK_FALSE(refusal(concat{0}, {{1, 2}, {2}}).empty());
    CHECK_FALSE(refusal(concat{2}, {{1, 2}}).empty());
    CHECK_FALSE(refusal(concat{0}, {}).empty());
}
