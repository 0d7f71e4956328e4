// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_LOW_BIT_HPP
#define PITH_FORMAT_LOW_BIT_HPP
/// Weights of one to seven bits: indices of int8 codes, packed so that a few wide shifts unpack them.
///
/// The indices stand in the order of packed weights (format/tile.hpp, low_bit_tile) and are taken in groups
/// of 64: a group is 16 outputs of four inputs, and takes 8 * bits bytes. `bits` as a sum of 4, 2 and 1 tells
/// the planes a group consists of, the widest first, each with the next higher bits of all 64 indices: plane
/// of 4: 32 bytes, index i in byte i % 32, shifted by 4 * (i / 32); plane of 2: 16 bytes, index i in byte i %
/// 16, shifted by 2 * (i / 16); plane of 1: 8 bytes, index i in byte i / 8, shifted by i % 8. What fills up a
/// tile has any index: whoever multiplies must leave it out.

#include <cstddef>
#include <cstdint>

#include "tile.hpp"

namespace pith::format {

/// The order of packed indices.
inline constexpr tile low_bit_tile{16, 4};
inline constexpr std::size_t low_bit_group = 64; ///< indices packed together
inline constexpr unsigned most_low_bits = 7;
inline constexpr std::size_t most_levels = std::size_t{1} << most_low_bits;

/// What indices mean: code = lowest + index, or levels[index].
struct low_bit_codes {
    std::uint8_t bits = 4; ///< of an index, 1..7
    std::int8_t lowest = 0;
    const std::int8_t* levels = nullptr; ///< 2^bits codes; null: none
};

/// Bytes of `elements` indices. @pre whole groups
[[nodiscard]] constexpr std::size_t low_bit_bytes(std::size_t elements, unsigned bits) noexcept {
    return elements / 8 * bits;
}

/// Adds index `value` as the i-th of a group whose bytes were zero.
constexpr void put_index(std::uint8_t* group, unsigned bits, std::size_t i, std::uint32_t value) noexcept {
    if ((bits & 4) != 0) {
        group[i % 32] = static_cast<std::uint8_t>(group[i % 32] | (value & 15) << (i / 32 * 4));
        value >>= 4;
        group += 32;
    }
    if ((bits & 2) != 0) {
        group[i % 16] = static_cast<std::uint8_t>(group[i % 16] | (value & 3) << (i / 16 * 2));
        value >>= 2;
        group += 16;
    }
    if ((bits & 1) != 0)
        group[i / 8] = static_cast<std::uint8_t>(group[i / 8] | (value & 1) << i % 8);
}

/// The i-th index of a group.
[[nodiscard]] constexpr std::uint32_t index_at(const std::uint8_t* group, unsigned bits,
                                               std::size_t i) noexcept {
    std::uint32_t index = 0;
    unsigned shift = 0;
    if ((bits & 4) != 0) {
        index = (std::uint32_t{group[i % 32]} >> (i / 32 * 4)) & 15;
        shift = 4;
        group += 32;
    }
    if ((bits & 2) != 0) {
        index |= ((std::uint32_t{group[i % 16]} >> (i / 16 * 2)) & 3) << shift;
        shift += 2;
        group += 16;
    }
    if ((bits & 1) != 0)
        index |= ((std::uint32_t{group[i / 8]} >> i % 8) & 1) << shift;
    return index;
}

/// The code of every index, in the first 2^bits of `table`; the rest is left as it is.
constexpr void fill_levels(const low_bit_codes& c, std::int8_t* table) noexcept {
    const std::size_t count = std::size_t{1} << c.bits;
    for (std::size_t i = 0; i < count; ++i)
        table[i] = c.levels != nullptr ? c.levels[i]
                                       : static_cast<std::int8_t>(c.lowest + static_cast<std::int32_t>(i));
}

/// The 64 codes of a group. @param table of fill_levels
constexpr void decode_group(const std::uint8_t* group, unsigned bits, const std::int8_t* table,
                            std::int8_t* codes) noexcept {
    if (bits == 4) { // the width worth a loop of its own
        for (std::size_t i = 0; i < 32; ++i) {
            codes[i] = table[group[i] & 15];
            codes[i + 32] = table[group[i] >> 4];
        }
        return;
    }
    for (std::size_t i = 0; i < low_bit_group; ++i)
        codes[i] = table[index_at(group, bits, i)];
}

} // namespace pith::format

#endif
