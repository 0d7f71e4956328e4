// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "pith/base/random.hpp"
#include "pith/run/checksum.hpp"

using pith::run::checksum;

TEST_CASE("checksum: any changed word, any length, any order shows") {
    pith::random_bits random(3);
    for (std::size_t n = 0; n < 70; ++n) {
        std::vector<std::byte> bytes(n);
        for (auto& b : bytes)
            b = static_cast<std::byte>(random.below(256));
        const auto whole = checksum(bytes);
        for (std::size_t i = 0; i < n; ++i) {
            const auto kept = bytes[i];
            for (int v = 0; v < 256; ++v) {
                bytes[i] = static_cast<std::byte>(v);
                CHECK((checksum(bytes) == whole) == (bytes[i] == kept));
            }
            bytes[i] = kept;
        }
        auto longer = bytes;
        longer.push_back(std::byte{0});
        CHECK(checksum(longer) != whole);
    }
    std::vector<std::byte> words(32);
    words[0] = std::byte{1};
    auto swapped = words;
    std::swap(swapped[0], swapped[16]);
    CHECK(checksum(words) != checksum(swapped));
    std::swap(words[0], words[4]);
    CHECK(checksum(words) != checksum(swapped));
}

TEST_CASE("checksum: the value is part of the file format") {
    std::vector<std::byte> bytes;
    for (int i = 0; i < 37; ++i)
        bytes.push_back(static_cast<std::byte>(i * 7));
    CHECK(checksum(bytes) == 0xC97E5ACCu);
}
