// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/format/element.hpp>
#include <pith/format/real.hpp>

using namespace pith;

TEST_CASE("real: an element format without codes") {
    static_assert(format::element<format::real>);
    CHECK_FALSE(format::real::coded);
    CHECK(format::real{}.bits() == 32);
}
