// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_FUZZ_MUTATE_HPP
#define PITH_TESTS_FUZZ_MUTATE_HPP
/// Seeded damage to a file.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <pith/base/bits.hpp>
#include <pith/base/random.hpp>

namespace fuzz {

inline void flip_bit(std::vector<std::byte>& file, pith::random_bits& bits) {
    file[bits.below(file.size())] ^= std::byte{1} << bits.below(8);
}

/// Sizes, offsets and counts that are off by one, huge or negative.
inline void write_number(std::vector<std::byte>& file, pith::random_bits& bits) {
    if (file.size() < 4)
        return;
    const std::size_t at = bits.below(file.size() - 3) & ~std::size_t{bits.below(2) * 3};
    const auto old = pith::load_le<std::uint32_t>(file.data() + at);
    const std::uint32_t choices[] = {0,       1,       0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,         0x10000,
                                     old + 1, old - 1, old * 2,    old << 16,  bits.below(0x10000)};
    pith::store_le(file.data() + at, choices[bits.below(std::size(choices))]);
}

inline void move_piece(std::vector<std::byte>& file, pith::random_bits& bits) {
    const std::size_t length = 1 + bits.below(std::min<std::size_t>(file.size(), 64));
    const std::size_t from = bits.below(file.size() - length + 1);
    const std::size_t to = bits.below(file.size() - length + 1);
    std::copy_n(std::vector<std::byte>(file.begin() + static_cast<std::ptrdiff_t>(from),
                                       file.begin() + static_cast<std::ptrdiff_t>(from + length))
                    .begin(),
                length, file.begin() + static_cast<std::ptrdiff_t>(to));
}

inline void erase_piece(std::vector<std::byte>& file, pith::random_bits& bits) {
    const std::size_t length = 1 + bits.below(std::min<std::size_t>(file.size(), 16));
    const auto from = static_cast<std::ptrdiff_t>(bits.below(file.size() - length + 1));
    file.erase(file.begin() + from, file.begin() + from + static_cast<std::ptrdiff_t>(length));
}

/// One to four damages; sometimes the end is missing.
[[nodiscard]] inline std::vector<std::byte> mutated(std::vector<std::byte> file, std::uint64_t seed) {
    pith::random_bits bits(seed);
    for (std::uint32_t left = 1 + bits.below(4); left > 0 && !file.empty(); --left) {
        switch (bits.below(8)) {
        case 0:
            move_piece(file, bits);
            break;
        case 1:
            erase_piece(file, bits);
            break;
        case 2:
        case 3:
            flip_bit(file, bits);
            break;
        default:
            write_number(file, bits);
        }
    }
    if (bits.below(16) == 0)
        file.resize(bits.below(file.size() + 1));
    return file;
}

} // namespace fuzz

#endif
