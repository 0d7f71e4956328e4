// SPDX-License-Identifier: MIT
// Damaged .pith files are refused, and what is accepted runs inside its arena. Run under sanitizers by the
// test suite.
#include <cstddef>
#include <cstdint>

#include <doctest/doctest.h>

#include "mutate.hpp"
#include "readers.hpp"
#include "seeds.hpp"
#include "support/compiled.hpp"

namespace {

using fuzz::verdict;

constexpr std::uint64_t rounds = 4000;

void damage(const fuzz::bytes& whole) {
    REQUIRE(fuzz::try_program(whole) == verdict::accepted);
    std::size_t accepted = 0;
    for (std::uint64_t seed = 0; seed < rounds; ++seed) {
        CAPTURE(seed);
        auto file = fuzz::mutated(whole, seed);
        if (file != whole)
            REQUIRE(fuzz::try_program(file) == verdict::refused);
        fuzz::repair(file);
        const verdict v = fuzz::try_program(file);
        REQUIRE(v != verdict::mute);
        accepted += v == verdict::accepted;
    }
    MESSAGE(accepted, " of ", rounds, " damaged files with a repaired checksum are programs still");
    CHECK(accepted > 0);
    CHECK(accepted < rounds);
}

TEST_CASE("a damaged float program") {
    damage(fuzz::float_program());
}

TEST_CASE("a damaged int8 program") {
    damage(fuzz::int8_program());
}

TEST_CASE("a damaged program with weights of a few bits") {
    damage(fuzz::low_bit_program());
}

TEST_CASE("every truncation and every flipped bit of a program is refused") {
    const auto whole = fuzz::int8_program();
    for (std::size_t size = 0; size < whole.size(); size += size < 4096 ? 1 : 61) {
        CAPTURE(size);
        REQUIRE(fuzz::try_program({whole.data(), size}) == verdict::refused);
    }
    auto file = whole;
    for (std::size_t bit = 0; bit < 8 * whole.size(); bit += bit < 8 * 64 ? 1 : 131) {
        CAPTURE(bit);
        file[bit / 8] ^= std::byte{1} << bit % 8;
        REQUIRE(fuzz::try_program(file) == verdict::refused);
        file[bit / 8] ^= std::byte{1} << bit % 8;
    }
}

} // namespace
