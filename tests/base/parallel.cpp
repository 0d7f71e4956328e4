// SPDX-License-Identifier: MIT
#include "pith/base/parallel.hpp"

#include <doctest/doctest.h>
#include <vector>

TEST_CASE("parallel_for: every index once") {
    std::vector<int> seen(1000);
    pith::parallel_for(seen.size(), [&](std::size_t i) { ++seen[i]; });
    CHECK(seen == std::vector<int>(1000, 1));
    pith::parallel_for(0, [&](std::size_t) { FAIL("called for nothing"); });
}
