// SPDX-License-Identifier: MIT
// Ordinary random data cannot tell the candidate formulas apart: the inputs here are exact ties, near ties
// and their neighbours, and each test shows that it would notice the formulas that are nearly right.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <limits>

#include <pith/format/requantize.hpp>

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
    float scale() {
        return std::ldexp(1.f + static_cast<float>((*this)() % 8388608u) / 8388608.f,
                          -3 - static_cast<int>((*this)() % 8u));
    }
};

/// A float product or quotient rounded once: exact in double, or a double quotient, which rounds innocently.
float rounded(double exact) {
    return static_cast<float>(exact);
}
float product(float a, float b) {
    return rounded(static_cast<double>(a) * static_cast<double>(b));
}
float quotient(float a, float b) {
    return rounded(static_cast<double>(a) / static_cast<double>(b));
}

std::int32_t clamped(double rounded_value, std::int32_t low, std::int32_t high) {
    return static_cast<std::int32_t>(rounded_value < low ? low : rounded_value > high ? high : rounded_value);
}

} // namespace

TEST_CASE("round_half_even: every tie and its two neighbours") {
    std::int64_t wrong = 0;
    for (std::int32_t n = 0; n < (1 << 22); ++n) {
        const float tie = static_cast<float>(n) + 0.5f;
        for (const float v : {tie, std::nextafterf(tie, 0.f), std::nextafterf(tie, 1e9f)}) {
            if (v > 4194304.f)
                continue;
            wrong += round_half_even(v) != static_cast<std::int32_t>(std::nearbyint(static_cast<double>(v)));
            wrong +=
                round_half_even(-v) != static_cast<std::int32_t>(std::nearbyint(-static_cast<double>(v)));
        }
    }
    CHECK(wrong == 0);
    static_assert(round_half_even(2.5f) == 2 && round_half_even(3.5f) == 4 && round_half_even(-0.5f) == 0);
}

TEST_CASE("round_half_even: every float below 4") {
    std::int64_t wrong = 0;
    for (std::uint32_t bits = 0; bits < 0x40800000u; bits += 3) {
        const float v = std::bit_cast<float>(bits);
        wrong += round_half_even(v) != static_cast<std::int32_t>(std::nearbyintf(v));
    }
    CHECK(wrong == 0);
}

TEST_CASE("round_clamped: bounds, infinities, NaN") {
    constexpr float inf = std::numeric_limits<float>::infinity();
    CHECK(round_clamped(inf, -117, 138) == 138);
    CHECK(round_clamped(-inf, -117, 138) == -117);
    CHECK(round_clamped(std::numeric_limits<float>::quiet_NaN(), -117, 138) == -117);
    CHECK(round_clamped(138.5f, -117, 138) == 138);
    CHECK(round_clamped(137.5f, -117, 138) == 138);
    CHECK(round_clamped(-116.5f, -117, 138) == -116);
    CHECK(round_clamped(1e30f, 0, 255) == 255);
}

TEST_CASE("requantize: exact ties go to even before the zero point is added") {
    std::int64_t told_apart = 0;
    for (const float factor : {0.5f, 0.25f, 0x1p-9f, 0x1p-10f})
        for (const std::int32_t zero : {0, 1, 2, 127, 128, 129, 255})
            for (std::int32_t half = -511; half < 512; half += 2) {
                const auto acc = static_cast<std::int32_t>(static_cast<float>(half) * 0.5f / factor);
                const double even = std::nearbyint(half * 0.5);
                CHECK(requantize(acc, factor, zero, 0, 255) == clamped(even + zero, 0, 255));
                told_apart += requantize(acc, factor, zero, 0, 255) !=
                              clamped(std::nearbyint(half * 0.5 + zero), 0, 255);
            }
    CHECK(told_apart > 0);
}

TEST_CASE("requantize: near ties, where only the right order of roundings gives the right code") {
    noise random;
    std::int64_t wrong = 0, tried = 0, by_double = 0, other_order = 0, divided = 0;
    while (tried < 20000) {
        const float sx = random.scale(), sw = random.scale() * 0.03f, sy = random.scale();
        const double real = static_cast<double>(sx) * static_cast<double>(sw) / static_cast<double>(sy);
        const double target = static_cast<double>(random() % 250u) - 100.0 + 0.5;
        const double near = target / real;
        if (std::fabs(near) > 2e9)
            continue;
        for (const double shift : {-1.0, 0.0, 1.0}) {
            const auto acc = static_cast<std::int32_t>(std::nearbyint(near) + shift);
            const float as_float = static_cast<float>(acc);
            const float factor = quotient(product(sx, sw), sy);
            const std::int32_t expected = clamped(std::nearbyint(product(as_float, factor)), -117, 138) + 117;
            wrong += requantize(acc, multiplier(sx, sw, sy), 117, 0, 255) != expected;
            by_double += expected != clamped(std::nearbyint(acc * real), -117, 138) + 117;
            other_order +=
                expected !=
                clamped(std::nearbyint(product(as_float, product(sx, quotient(sw, sy)))), -117, 138) + 117;
            divided +=
                expected !=
                clamped(std::nearbyint(quotient(product(as_float, product(sx, sw)), sy)), -117, 138) + 117;
            ++tried;
        }
    }
    CHECK(wrong == 0);
    CHECK(by_double > 0);
    CHECK(other_order > 0);
    CHECK(divided > 0);
}

TEST_CASE("requantize: accumulators beyond 24 bits are rounded to float first") {
    noise random;
    std::int64_t wrong = 0, told_apart = 0;
    for (int i = 0; i < 200000; ++i) {
        const auto acc = static_cast<std::int32_t>(random());
        // A factor that puts the accumulator next to a tie.
        const float factor = static_cast<float>((static_cast<double>(random() % 100u) + 0.5) / acc);
        const std::int32_t expected =
            clamped(std::nearbyint(product(static_cast<float>(acc), factor)), 0, 255);
        wrong += requantize(acc, factor, 0, 0, 255) != expected;
        told_apart += expected !=
                      clamped(std::nearbyint(static_cast<double>(acc) * static_cast<double>(factor)), 0, 255);
    }
    CHECK(wrong == 0);
    CHECK(told_apart > 0);
}

TEST_CASE("requantize: the ends of int32 and of the factor") {
    constexpr std::int32_t most = 2147483647;
    CHECK(requantize(most, 1.f, 128, 0, 255) == 255);
    CHECK(requantize(-most - 1, 1.f, 128, 0, 255) == 0);
    CHECK(requantize(most, 1e38f, 0, 3, 250) == 250);
    CHECK(requantize(-most - 1, 1e38f, 0, 3, 250) == 3);
    CHECK(requantize(0, 1e-38f, 117, 0, 255) == 117);
    CHECK(requantize(0, std::numeric_limits<float>::infinity(), 117, 5, 255) == 5);
}

TEST_CASE("quantize_bias: nearest, ties to even, saturating, and nothing for a scale of nothing") {
    CHECK(quantize_bias(2.5f, 1.f, 1.f) == 2);
    CHECK(quantize_bias(3.5f, 1.f, 1.f) == 4);
    CHECK(quantize_bias(-2.5f, 1.f, 1.f) == -2);
    CHECK(quantize_bias(1.f, 0.5f, 0.25f) == 8);
    CHECK(quantize_bias(1e20f, 1.f, 1.f) == 2147483647);
    CHECK(quantize_bias(-1e20f, 1.f, 1.f) == -2147483647 - 1);
    CHECK(quantize_bias(5.f, 0.f, 1.f) == 0);
    CHECK(quantize_bias(5.f, 1e-30f, 1e-30f) == 0);
}

TEST_CASE("add_codes: all pairs of codes, fused as the formula says") {
    noise random;
    std::int64_t wrong = 0, unfused = 0, outside = 0;
    for (int trial = 0; trial < 40; ++trial) {
        // Scales that are ratios of small numbers are rich in ties.
        const bool rich = trial % 2 == 0;
        const auto draw = [&] {
            return rich ? static_cast<float>(1 + random() % 15u) / 16.f : random.scale();
        };
        const float sa = draw(), sb = draw(), sy = draw();
        const auto za = static_cast<std::int32_t>(random() % 256u);
        const auto zb = static_cast<std::int32_t>(random() % 256u);
        const auto zy = static_cast<std::int32_t>(random() % 256u);
        const add_factors f = make_add_factors(sa, za, sb, zb, sy, zy);
        const float ra = quotient(sa, sy), rb = quotient(sb, sy);
        const auto exact = [](float x, float y, float z) { // 8 x 24 bits plus 24 bits: exact in 64
            return static_cast<float>(static_cast<long double>(x) * y + z);
        };
        REQUIRE(f.ra == ra);
        REQUIRE(f.rb == rb);
        REQUIRE(f.offset == static_cast<float>(zy) -
                                exact(ra, static_cast<float>(za), product(rb, static_cast<float>(zb))));
        for (std::int32_t a = 0; a < 256; ++a)
            for (std::int32_t b = 0; b < 256; ++b) {
                const auto fa = static_cast<float>(a), fb = static_cast<float>(b);
                const float sum = exact(fa, ra, exact(fb, rb, f.offset));
                const std::int32_t expected = clamped(std::nearbyintf(sum), 0, 255);
                wrong += add_codes(a, b, f, 0, 255) != expected;
                const float inner =
                    rounded(static_cast<double>(product(fb, rb)) + static_cast<double>(f.offset));
                const float plain =
                    rounded(static_cast<double>(product(fa, ra)) + static_cast<double>(inner));
                unfused += expected != clamped(std::nearbyintf(plain), 0, 255);
                const double real = (static_cast<double>(a - za) * static_cast<double>(sa) +
                                     static_cast<double>(b - zb) * static_cast<double>(sb)) /
                                    static_cast<double>(sy);
                outside += expected != clamped(std::nearbyint(real) + zy, 0, 255);
            }
    }
    CHECK(wrong == 0);
    CHECK(unfused > 0);
    CHECK(outside > 0);
}

TEST_CASE("multiply_codes: near ties, product and sum rounded apart, zero point inside") {
    noise random;
    std::int64_t wrong = 0, fused = 0, outside = 0;
    const auto code = [&] { return static_cast<std::int32_t>(random() % 256u); };
    for (int trial = 0; trial < 2000000; ++trial) {
        const std::int32_t a = code(), b = code(), za = code(), zb = code(), zy = code();
        const std::int32_t exact_product = (a - za) * (b - zb);
        if (exact_product == 0)
            continue;
        const double tie = static_cast<double>(code() - zy) + 0.5;
        float factor = static_cast<float>(tie / exact_product);
        if (trial % 3 != 0)
            factor = std::nextafterf(factor, trial % 3 == 1 ? 1e9f : -1e9f);
        const auto p = static_cast<float>(exact_product);
        const float scaled = product(p, factor);
        const float sum = rounded(static_cast<double>(scaled) + static_cast<double>(zy));
        const std::int32_t expected = clamped(std::nearbyintf(sum), 0, 255);
        wrong += multiply_codes(a, za, b, zb, factor, zy, 0, 255) != expected;
        const float once = rounded(static_cast<double>(p) * static_cast<double>(factor) + zy);
        fused += expected != clamped(std::nearbyintf(once), 0, 255);
        outside += expected != clamped(std::nearbyintf(scaled) + static_cast<float>(zy), 0, 255);
    }
    CHECK(wrong == 0);
    CHECK(fused > 0);
    CHECK(outside > 0);
}

TEST_CASE("multiply_codes: all pairs of codes") {
    std::int64_t wrong = 0;
    for (const float factor : {0.0078125f, 0.003921569f, 0.37f})
        for (std::int32_t a = 0; a < 256; ++a)
            for (std::int32_t b = 0; b < 256; ++b) {
                const float scaled = product(static_cast<float>((a - 120) * (b - 3)), factor);
                const float sum = rounded(static_cast<double>(scaled) + 77.0);
                wrong +=
                    multiply_codes(a, 120, b, 3, factor, 77, 2, 250) != clamped(std::nearbyintf(sum), 2, 250);
            }
    CHECK(wrong == 0);
}

TEST_CASE("global_average_factor: the count multiplies the output scale") {
    noise random;
    std::int64_t other = 0;
    for (int i = 0; i < 2000; ++i) {
        const float sx = random.scale(), sy = random.scale();
        const auto n = static_cast<std::int32_t>(1 + random() % 200u);
        const float expected = quotient(sx, product(sy, static_cast<float>(n)));
        REQUIRE(global_average_factor(sx, sy, n) == expected);
        other += expected != quotient(quotient(sx, sy), static_cast<float>(n));
    }
    CHECK(other > 0);
}
