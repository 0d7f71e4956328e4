// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include <pith/base/random.hpp>
#include <pith/format/integer_rounding.hpp>
#include <pith/format/requantize.hpp>

using namespace pith;

namespace {

/// How many numbers of each kind; PITH_CASES asks for more of them. Few where the float rule itself is slow.
std::uint32_t cases() {
    const char* asked = std::getenv("PITH_CASES");
    return asked == nullptr ? (PITH_SOFT_FLOAT != 0 ? 2048 : 300000)
                            : static_cast<std::uint32_t>(std::strtoul(asked, nullptr, 10));
}

/// What the definition says, without the code under test.
std::int32_t float_rule(std::int32_t acc, float factor) {
    return format::round_half_even(std::clamp(static_cast<float>(acc) * factor, -255.f, 255.f));
}

std::int32_t cut(std::int32_t v) {
    return std::clamp<std::int32_t>(v, -255, 255);
}

struct tally {
    std::uint32_t wrong = 0;
    std::uint32_t uncertain = 0;

    void add(std::optional<std::int32_t> got, std::int32_t wanted) {
        uncertain += got ? 0 : 1;
        wrong += got && cut(*got) != wanted ? 1 : 0;
    }
};

/// Both ways to multiply. @param next gives an accumulator and a factor
template <class Next>
tally count(const Next& next) {
    tally t;
    for (std::uint32_t i = cases(); i != 0; --i) {
        const auto [acc, factor] = next();
        const std::int32_t wanted = float_rule(acc, factor);
        t.add(format::integer::rounded_product<true>(acc, factor), wanted);
        t.add(format::integer::rounded_product<false>(acc, factor), wanted);
    }
    return t;
}

struct product {
    std::int32_t acc;
    float factor;
};

/// Any float between 2^low and 2^high.
float between(random_bits& bits, int low, int high) {
    const auto exponent =
        static_cast<std::uint32_t>(127 + low) + bits.below(static_cast<std::uint64_t>(high - low));
    return std::bit_cast<float>(exponent << 23 | bits.below(1u << 23));
}

} // namespace

TEST_CASE("integer rounding: products of every size round as the float rule does, and few are uncertain") {
    random_bits bits(1);
    const tally t = count([&]() -> product {
        const float factor = between(bits, -23, 8);
        const float reach = 300.f / factor;
        const float acc = reach * (static_cast<float>(bits.below(1u << 24)) / (1u << 23) - 1.f);
        return {static_cast<std::int32_t>(std::clamp(acc, -2147483000.f, 2147483000.f)), factor};
    });
    CHECK(t.wrong == 0);
    CHECK(t.uncertain < cases() / 8); // factors near 1 make ties of their own
}

TEST_CASE("integer rounding: products nearest to the middle between two integers") {
    random_bits bits(2);
    const tally t = count([&]() -> product {
        const float factor = between(bits, -22, -4);
        const double middle = static_cast<double>(bits.below(512)) - 256 + 0.5;
        const auto near = static_cast<std::int32_t>(std::lround(middle / static_cast<double>(factor)));
        return {near + static_cast<std::int32_t>(bits.below(5)) - 2, factor};
    });
    CHECK(t.wrong == 0);
}

TEST_CASE("integer rounding: every bit pattern may be a factor or an accumulator") {
    random_bits bits(3);
    const tally t = count([&]() -> product {
        return {static_cast<std::int32_t>(bits.below(1u << 16) << 16 | bits.below(1u << 16)),
                between(bits, -126, 126) * (bits.below(8) == 0 ? -1.f : 1.f)};
    });
    CHECK(t.wrong == 0);
    for (const std::int32_t acc : {-2147483647 - 1, -1, 0, 1, 2147483647})
        for (const float factor : {0.f, -0.f, 1e-40f, 1.17549435e-38f, 1e-7f, 0.5f, 1.f, 255.f, 1e38f, -0.25f,
                                   HUGE_VALF, -HUGE_VALF}) {
            const auto got = format::integer::rounded_product<true>(acc, factor);
            const bool number = acc != 0 || std::isfinite(factor);
            CHECK((!got || (number && cut(*got) == float_rule(acc, factor))));
        }
    CHECK_FALSE(format::integer::rounded_product<true>(1, std::nanf("")));
}

TEST_CASE("integer rounding: sums of codes round as the float rule does") {
    random_bits bits(4);
    tally t;
    for (std::uint32_t i = cases() / 64; i != 0; --i) {
        const float ra = between(bits, -12, 2);
        const float rb = between(bits, -12, 2);
        const float offset = (static_cast<float>(bits.below(1u << 20)) / (1u << 19) - 1.f) * 1100.f;
        const format::integer::rounded_sum sum(ra, rb, offset);
        for (int j = 0; j < 64; ++j) {
            const auto a = static_cast<std::int32_t>(bits.below(511)) - 255;
            const auto b = static_cast<std::int32_t>(bits.below(511)) - 255;
            const float inner = std::fma(static_cast<float>(b), rb, offset);
            const float v = std::clamp(std::fma(static_cast<float>(a), ra, inner), -255.f, 255.f);
            t.add(sum(a, b), format::round_half_even(v));
        }
    }
    CHECK(t.wrong == 0);
    CHECK(t.uncertain < cases() / 4); // some offsets are too large
}

TEST_CASE("integer rounding: sums nearest to the middle, and factors that do not fit") {
    tally t;
    std::uint32_t far = 0;
    for (std::int32_t a = 0; a < 256; ++a)
        for (std::int32_t b = 0; b < 256; ++b) {
            const float offset = 0.5f + std::ldexp(1.f, -(a % 24));
            const format::integer::rounded_sum sum(0.99999994f, 0.0625f, offset);
            const float inner = std::fma(static_cast<float>(b), 0.0625f, offset);
            const float v = std::clamp(std::fma(static_cast<float>(a), 0.99999994f, inner), -255.f, 255.f);
            t.add(sum(a, b), format::round_half_even(v));
            far += format::integer::rounded_sum(4.f, 1.f, 0.f)(a, b).has_value() ? 1 : 0;
            far += format::integer::rounded_sum(1.f, -5.f, 0.f)(a, b).has_value() ? 1 : 0;
            far += format::integer::rounded_sum(1.f, 1.f, std::nanf(""))(a, b).has_value() ? 1 : 0;
        }
    CHECK(t.wrong == 0);
    CHECK(far == 0);
}
