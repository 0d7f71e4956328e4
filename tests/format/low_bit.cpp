// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "pith/format/low_bit.hpp"

using namespace pith::format;

TEST_CASE("low_bit: every index of a group comes back, whatever stands beside it") {
    for (unsigned bits = 1; bits <= most_low_bits; ++bits) {
        const std::uint32_t mask = (1u << bits) - 1;
        std::vector<std::uint8_t> group(8 * bits, 0);
        const auto value = [&](std::size_t i) { return static_cast<std::uint32_t>(i * 37 + i / 5) & mask; };
        for (std::size_t i = 0; i < low_bit_group; ++i)
            put_index(group.data(), bits, i, value(i));
        for (std::size_t i = 0; i < low_bit_group; ++i)
            CHECK(index_at(group.data(), bits, i) == value(i));
        CHECK(low_bit_bytes(low_bit_group, bits) == group.size());
    }
}

TEST_CASE("low_bit: planes lie as the file says") {
    std::vector<std::uint8_t> group(56, 0);
    put_index(group.data(), 7, 33, 0x7F);
    CHECK(group[1] == 0xF0);        // plane of 4
    CHECK(group[32 + 1] == 3 << 4); // plane of 2
    CHECK(group[48 + 4] == 1 << 1); // plane of 1
}

TEST_CASE("low_bit: codes of indices, affine and listed") {
    for (unsigned bits = 1; bits <= most_low_bits; ++bits) {
        std::vector<std::uint8_t> group(8 * bits, 0);
        for (std::size_t i = 0; i < low_bit_group; ++i)
            put_index(group.data(), bits, i, static_cast<std::uint32_t>(i * 11) & ((1u << bits) - 1));
        std::int8_t levels[most_levels], table[most_levels], codes[low_bit_group];
        for (std::size_t i = 0; i < most_levels; ++i)
            levels[i] = static_cast<std::int8_t>(3 * static_cast<int>(i) % 256 - 128);
        const std::int8_t lowest = -63;
        for (const bool listed : {false, true}) {
            fill_levels({static_cast<std::uint8_t>(bits), lowest, listed ? levels : nullptr}, table);
            decode_group(group.data(), bits, table, codes);
            for (std::size_t i = 0; i < low_bit_group; ++i) {
                const auto index = index_at(group.data(), bits, i);
                CHECK(codes[i] == (listed ? levels[index] : lowest + static_cast<int>(index)));
            }
        }
    }
}
