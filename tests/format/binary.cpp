// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/format/binary.hpp>
#include <pith/format/codebook.hpp>
#include <pith/format/element.hpp>

#include <limits>
#include <vector>

using namespace pith;

static_assert(format::element<format::binary>);

TEST_CASE("binary: one bit, rounded as the codebook of the same two levels") {
    for (const int lowest : {-1, 0}) {
        const format::binary b{static_cast<std::int8_t>(lowest)};
        const auto listed = format::codebook_of(std::vector<int>{lowest, 1}).value();
        CHECK(b.is_valid());
        CHECK(b.bits() == 1);
        CHECK(b.codes() == listed.codes());
        for (int eighth = -20; eighth <= 20; ++eighth)
            CHECK(b.encode(static_cast<float>(eighth) / 8.f) ==
                  listed.encode(static_cast<float>(eighth) / 8.f));
        CHECK(b.encode(std::numeric_limits<float>::quiet_NaN()) == lowest);
    }
}

TEST_CASE("binary: 0 and 1 are all codes there are, -1 and 1 must be listed") {
    CHECK(format::binary{0}.listed() == 0);
    CHECK(format::binary{-1}.listed() == 2);
    CHECK_FALSE(format::binary{1}.is_valid());
    CHECK_FALSE(format::binary{-2}.is_valid());
}
