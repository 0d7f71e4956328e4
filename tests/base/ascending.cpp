// SPDX-License-Identifier: MIT
#include "pith/base/ascending.hpp"

#include <doctest/doctest.h>

#include <limits>

TEST_CASE("ascending: places from the smallest key to the largest, equal keys in their order") {
    CHECK(pith::ascending(std::vector<double>{3, -1, 2, -1, 2}) == std::vector<std::size_t>{1, 3, 2, 4, 0});
    CHECK(pith::ascending({}).empty());
}

TEST_CASE("ascending: keys that are no numbers cost no place") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> keys(1000, nan);
    for (std::size_t i = 0; i < keys.size(); i += 3)
        keys[i] = -static_cast<double>(i);
    std::vector<bool> seen(keys.size());
    for (const std::size_t place : pith::ascending(keys))
        seen[place] = true;
    CHECK(std::find(seen.begin(), seen.end(), false) == seen.end());
}
