// SPDX-License-Identifier: MIT
#include "pith/base/bits.hpp"

#include <array>
#include <doctest/doctest.h>

TEST_CASE("bits: little-endian values round-trip at any alignment") {
    std::array<std::byte, 16> raw{};
    for (std::size_t at = 0; at < 8; ++at) {
        pith::store_le(raw.data() + at, std::uint32_t{0x01020304});
        CHECK(raw[at] == std::byte{4});
        CHECK(raw[at + 3] == std::byte{1});
        CHECK(pith::load_le<std::uint32_t>(raw.data() + at) == 0x01020304u);
    }
    pith::store_le(raw.data() + 3, -2.5f);
    CHECK(pith::load_le<float>(raw.data() + 3) == -2.5f);
}

TEST_CASE("bits: round_up goes to the next multiple and leaves multiples alone") {
    static_assert(pith::round_up(0, 16) == 0);
    static_assert(pith::round_up(1, 16) == 16);
    static_assert(pith::round_up(16, 16) == 16);
    CHECK(pith::round_up(std::size_t{17}, std::size_t{16}) == 32);
}
