// SPDX-License-Identifier: MIT
#include "pith/base/shape.hpp"

#include <doctest/doctest.h>

using pith::shape;

TEST_CASE("shape: counts elements of all axes and of a range of them") {
    constexpr shape s{2, 3, 4, 5};
    static_assert(s.elements() == 120);
    CHECK(s.product(1, 3) == 12);
    CHECK(s.back() == 5);
    CHECK(shape{}.elements() == 1);
    CHECK(shape{0, 7}.elements() == 0);
}

TEST_CASE("shape: equal means the same rank and the same sizes") {
    CHECK(shape{1, 2} == shape{1, 2});
    CHECK(!(shape{1, 2} == shape{1, 2, 1}));
    CHECK(!(shape{1, 2} == shape{2, 1}));
}

TEST_CASE("shape: holds max_rank axes") {
    shape s;
    for (std::size_t i = 0; i < pith::max_rank; ++i)
        s.push_back(static_cast<std::int64_t>(i) + 1);
    CHECK(s.rank() == pith::max_rank);
    CHECK(s.elements() == 40320);
}
