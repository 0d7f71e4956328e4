// SPDX-License-Identifier: MIT
#include "pith/prune/coupled_slots.hpp"

#include <doctest/doctest.h>

using pith::prune::coupled_slots;

TEST_CASE("coupled slots: joined ones are one set, and one reason keeps them all") {
    coupled_slots s(6);
    s.join(0, 1);
    s.join(2, 3);
    const auto door = s.reason("door");
    s.keep(3, door);
    CHECK(s.set_of(0) == s.set_of(1));
    CHECK(s.set_of(0) != s.set_of(2));
    CHECK(s.why(s.set_of(1)).empty());
    s.join(1, 2);
    CHECK(s.set_of(0) == s.set_of(3));
    CHECK(s.why(s.set_of(0)) == "door");
    s.keep(0, s.reason("another"));
    CHECK(s.why(s.set_of(2)) == "door");
    CHECK(s.why(s.set_of(4)).empty());
}
