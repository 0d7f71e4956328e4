// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include <pith/format/tile.hpp>

using namespace pith::format;

TEST_CASE("packed_index: every weight has a place of its own inside the packed weights") {
    for (const int outputs : {1, 2, 4, 8, 16})
        for (const int depth : {1, 2, 4, 8})
            for (const std::size_t out : {1u, 3u, 16u, 17u, 33u})
                for (const std::size_t runs : {1u, 3u})
                    for (const std::size_t length : {1u, 4u, 5u, 9u}) {
                        const tile t{static_cast<std::uint16_t>(outputs), static_cast<std::uint16_t>(depth)};
                        const std::size_t size = packed_elements(t, out, runs, length);
                        std::vector<bool> taken(size);
                        std::size_t placed = 0;
                        for (std::size_t o = 0; o < out; ++o)
                            for (std::size_t r = 0; r < runs; ++r)
                                for (std::size_t k = 0; k < length; ++k) {
                                    const std::size_t at = packed_index(t, runs, length, o, r, k);
                                    REQUIRE(at < size);
                                    REQUIRE_FALSE(taken[at]);
                                    taken[at] = true;
                                    ++placed;
                                }
                        REQUIRE(placed == out * runs * length);
                    }
}

TEST_CASE(
    "packed_index: depth inputs of one output lie together, then the outputs of a panel, then the depth") {
    constexpr tile t{16, 4};
    static_assert(packed_index(t, 2, 6, 0, 0, 3) == 3);
    static_assert(packed_index(t, 2, 6, 1, 0, 0) == 4);
    static_assert(packed_index(t, 2, 6, 0, 0, 4) == 64);
    static_assert(packed_index(t, 2, 6, 0, 1, 0) == 128);
    static_assert(packed_index(t, 2, 6, 16, 0, 0) == 256);
    static_assert(packed_elements(t, 17, 2, 6) == 512);
    constexpr tile plain{1, 1};
    static_assert(packed_index(plain, 3, 5, 2, 1, 4) == (2 * 3 + 1) * 5 + 4);
    CHECK(tile{16, 4} == t);
    CHECK_FALSE(t == any_tile);
}
