// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include <pith/format/affine.hpp>

using namespace pith::format;

namespace {

struct noise {
    std::uint64_t state = 0x9E3779B97F4A7C15u;
    std::uint32_t operator()() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return static_cast<std::uint32_t>(state >> 32);
    }
    float between(float low, float high) {
        return low + (high - low) * static_cast<float>((*this)() >> 8) / 16777216.f;
    }
};

} // namespace

TEST_CASE("affine: the bits of an index of the codes, and codes that all are in use") {
    const auto bits = [](std::int32_t lowest, std::int32_t highest) {
        return affine_codes{.lowest = lowest, .highest = highest}.bits();
    };
    CHECK(bits(0, 255) == 8);
    CHECK(bits(-127, 127) == 8);
    CHECK(bits(-8, 7) == 4);
    CHECK(bits(-7, 7) == 4);
    CHECK(bits(-1, 1) == 2);
    CHECK(bits(0, 1) == 1);
    CHECK(bits(5, 5) == 1);
    CHECK(bits(0, 65535) == 16);
    CHECK(bits(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()) == 32);
    CHECK(affine_codes{}.listed() == 0);
    CHECK_FALSE(affine_codes{.lowest = 1, .highest = 0}.is_valid());
    const affine a{0.25f, 3, 0, 15, 0};
    for (int eighth = -40; eighth < 80; ++eighth) {
        const float x = static_cast<float>(eighth) / 8.f;
        CHECK(affine_codes{3, 0, 15}.encode(x / a.scale) == encode(a, x));
    }
}

TEST_CASE("affine: every code survives decoding and encoding") {
    noise random;
    for (int trial = 0; trial < 2000; ++trial) {
        const affine a{.scale = std::ldexp(random.between(1.f, 2.f), static_cast<int>(random() % 40u) - 20),
                       .zero = static_cast<std::int32_t>(random() % 256u)};
        std::int32_t wrong = 0;
        for (std::int32_t code = 0; code < 256; ++code)
            wrong += encode(a, decode(a, code)) != code;
        REQUIRE(wrong == 0);
        REQUIRE(decode(a, a.zero) == 0.f);
        REQUIRE(encode(a, 0.f) == a.zero);
    }
}

TEST_CASE("encode: near ties need the true division") {
    noise random;
    std::int64_t wrong = 0, by_reciprocal = 0, zero_inside = 0;
    for (int trial = 0; trial < 400000; ++trial) {
        const affine a{.scale = random.between(0.001f, 0.1f), .zero = 129};
        const float tie = (static_cast<float>(random() % 250u) - 125.5f) * a.scale;
        const float real = trial % 3 == 0 ? tie : std::nextafterf(tie, trial % 3 == 1 ? 1e9f : -1e9f);
        // A double quotient of floats, rounded to float, is the float quotient.
        const auto q = static_cast<float>(static_cast<double>(real) / static_cast<double>(a.scale));
        const auto expected = static_cast<std::int32_t>(std::nearbyintf(q)) + a.zero;
        const auto clamp = [](std::int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : v; };
        wrong += encode(a, real) != clamp(expected);
        const auto reciprocal = static_cast<float>(1.0 / static_cast<double>(a.scale));
        const auto multiplied =
            static_cast<float>(static_cast<double>(real) * static_cast<double>(reciprocal));
        by_reciprocal += expected != static_cast<std::int32_t>(std::nearbyintf(multiplied)) + a.zero;
        zero_inside += expected != static_cast<std::int32_t>(std::nearbyint(static_cast<double>(q) + a.zero));
    }
    CHECK(wrong == 0);
    CHECK(by_reciprocal > 0);
    CHECK(zero_inside > 0);
}

TEST_CASE("encode: what is out of range saturates, NaN gives the lowest code") {
    const affine a{.scale = 0.5f, .zero = 10, .lowest = 2, .highest = 250};
    constexpr float inf = std::numeric_limits<float>::infinity();
    CHECK(encode(a, 1e30f) == 250);
    CHECK(encode(a, inf) == 250);
    CHECK(encode(a, -1e30f) == 2);
    CHECK(encode(a, -inf) == 2);
    CHECK(encode(a, std::numeric_limits<float>::quiet_NaN()) == 2);
    CHECK(encode(a, 120.f) == 250);
    CHECK(encode(a, -4.f) == 2);
}

TEST_CASE("affine_from_range: zero is always a code, and the range fits") {
    noise random;
    for (int trial = 0; trial < 20000; ++trial) {
        const float low = random.between(-10.f, 5.f);
        const float high = low + random.between(0.001f, 10.f);
        const affine a = affine_from_range(low, high);
        REQUIRE(a.zero >= 0);
        REQUIRE(a.zero <= 255);
        REQUIRE(decode(a, a.zero) == 0.f);
        const float reach = a.scale * 0.51f;
        REQUIRE(decode(a, 0) <= (low < 0.f ? low : 0.f) + reach);
        REQUIRE(decode(a, 255) >= (high > 0.f ? high : 0.f) - reach);
    }
}

TEST_CASE("affine_from_range: known ranges") {
    const affine relu = affine_from_range(0.f, 6.f);
    CHECK(relu.scale == 6.f / 255.f);
    CHECK(relu.zero == 0);
    const affine positive = affine_from_range(2.f, 51.f); // widened to hold zero
    CHECK(positive.scale == 0.2f);
    CHECK(positive.zero == 0);
    const affine negative = affine_from_range(-255.f, -1.f);
    CHECK(negative.scale == 1.f);
    CHECK(negative.zero == 255);
    CHECK(affine_from_range(-127.5f, 127.5f).zero == 128); // 127.5 to even
    const affine narrow = affine_from_range(-8.f, 7.f, 0, 15);
    CHECK(narrow.scale == 1.f);
    CHECK(narrow.zero == 8);
    CHECK(narrow.highest == 15);
}

TEST_CASE("affine_from_range: a range of nothing, and no range at all") {
    CHECK(affine_from_range(0.f, 0.f).scale == 1.f);
    CHECK(affine_from_range(0.f, 1e-39f).scale == 1.f);
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(affine_from_range(nan, nan).scale == 1.f);
    CHECK(affine_from_range(0.f, 0.f).zero == 0);
}
