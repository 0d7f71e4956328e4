// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <type_traits>

#include "pith/base/type_list.hpp"

TEST_CASE("type_list: its length, and the list with more types behind") {
    using some = pith::type_list<int, char>;
    CHECK(some::size == 2);
    CHECK(pith::type_list<>::size == 0);
    CHECK(std::is_same_v<some::with<float, int>, pith::type_list<int, char, float, int>>);
}
