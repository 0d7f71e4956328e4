// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>

namespace {

using pith::random_bits;

TEST_CASE("the generator is SplitMix64") {
    random_bits zero(0); // known from the generator's public sources
    CHECK(zero() == 0xE220A8397B1DCDAFU);
    CHECK(zero() == 0x6E789E6AA1B965F4U);
    CHECK(zero() == 0x06C45D188009454FU);
    random_bits other(1234567);
    CHECK(other() == 6457827717110365317U);
    CHECK(other() == 3203168211198807973U);
    CHECK(other() == 9817491932198370423U);
}

TEST_CASE("the same seed gives the same numbers, another one others") {
    random_bits a(42), b(42), c(43);
    int same = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto x = a();
        CHECK(x == b());
        same += x == c() ? 1 : 0;
    }
    CHECK(same == 0);
    constexpr auto first = [] { return random_bits(42)(); }();
    CHECK(first == random_bits(42)());
}

TEST_CASE("draws stay in their ranges and reach the ends") {
    random_bits random(1);
    int low = 0, high = 0;
    std::uint32_t seen = 0;
    float least = 1, most = 0;
    for (int i = 0; i < 10000; ++i) {
        const auto below = random.below(7);
        CHECK(below < 7);
        seen |= 1U << below;
        const auto between = random.between(-3, 3);
        CHECK(between >= -3);
        CHECK(between <= 3);
        low += between == -3 ? 1 : 0;
        high += between == 3 ? 1 : 0;
        const float unit = random.unit();
        CHECK(unit >= 0);
        CHECK(unit < 1);
        CHECK(unit * 0x1p24F == static_cast<float>(static_cast<std::int32_t>(unit * 0x1p24F)));
        least = unit < least ? unit : least;
        most = unit > most ? unit : most;
        CHECK(random.below(1) == 0);
        CHECK(random.between(5, 5) == 5);
    }
    CHECK(seen == 0x7F);
    CHECK(low > 1200); // of 1429
    CHECK(high > 1200);
    CHECK(least < 0.001F);
    CHECK(most > 0.999F);
}

TEST_CASE("the widest ranges do not overflow") {
    random_bits random(2);
    constexpr auto lowest = std::numeric_limits<std::int32_t>::min();
    constexpr auto highest = std::numeric_limits<std::int32_t>::max();
    bool negative = false, positive = false, large = false;
    for (int i = 0; i < 1000; ++i) {
        const auto v = random.between(lowest, highest);
        negative = negative || v < -(1 << 30);
        positive = positive || v > (1 << 30);
        large = large || random.below(std::uint64_t{1} << 32) > 0xF0000000U;
    }
    CHECK(negative);
    CHECK(positive);
    CHECK(large);
}

} // namespace
