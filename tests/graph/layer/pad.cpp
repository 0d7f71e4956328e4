// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/pad.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("pad in every mode") {
    const tensor<float> x({3}, {1, 2, 3});
    const auto y = [&](pad_mode mode) { return run_one<float>(pad{{2}, {3}, mode, 7}, {x}); };
    CHECK(y(pad_mode::constant) == tensor<float>({8}, {7, 7, 1, 2, 3, 7, 7, 7}));
    CHECK(y(pad_mode::edge) == tensor<float>({8}, {1, 1, 1, 2, 3, 3, 3, 3}));
    CHECK(y(pad_mode::reflect) == tensor<float>({8}, {3, 2, 1, 2, 3, 2, 1, 2}));
    CHECK(y(pad_mode::wrap) == tensor<float>({8}, {2, 3, 1, 2, 3, 1, 2, 3}));
}

TEST_CASE("pad grows and crops several axes at once") {
    const auto x = counted<float>({2, 3});
    const auto y = run_one<float>(pad{{1, -1}, {0, 2}, pad_mode::constant, 0}, {x});
    CHECK(y == tensor<float>({3, 4}, {0, 0, 0, 0, 1, 2, 0, 0, 4, 5, 0, 0}));
    CHECK(run_whole(pad{{1}, {0}, pad_mode::constant, -4}, {integers({1}, 8)}) == integers({2}, {-4, 8}));
    CHECK(run_one<float>(pad{}, {tensor<float>(shape{}, 3.f)}) == tensor<float>(shape{}, 3.f));
    CHECK(run_one<float>(pad{{1}, {1}, pad_mode::constant, 5}, {tensor<float>({0})}) ==
          tensor<float>({2}, 5.f));
}

TEST_CASE("pad refuses impossible counts") {
    CHECK_FALSE(refusal(pad{{-2}, {-2}}, {{3}}).empty());
    CHECK_FALSE(refusal(pad{{1}, {1}}, {{3, 3}}).empty());
    CHECK_FALSE(refusal(pad{{INT64_MAX}, {INT64_MAX}}, {{3}}).empty());
    CHECK_FALSE(refusal(pad{{1}, {0}, pad_mode::edge}, {{0}}).empty());
}
