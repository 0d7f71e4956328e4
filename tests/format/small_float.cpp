// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>
#include <pith/format/small_float.hpp>

namespace {

using namespace pith::format;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What the papers say of a type: exponent and mantissa bits, bias, and which codes are not finite.
struct facts {
    dtype type;
    int exponent_bits, mantissa_bits, bias;
    double greatest, least; ///< finite, and above 0
    bool infinities, negative_zero;
};
constexpr facts all[] = {
    {dtype::f16, 5, 10, 15, 65504, 0x1p-24, true, true},
    {dtype::bf16, 8, 7, 127, 0x1.FEp127, 0x1p-133, true, true},
    {dtype::f8e4m3fn, 4, 3, 7, 448, 0x1p-9, false, true},
    {dtype::f8e4m3fnuz, 4, 3, 8, 240, 0x1p-10, false, false},
    {dtype::f8e5m2, 5, 2, 15, 57344, 0x1p-16, true, true},
    {dtype::f8e5m2fnuz, 5, 2, 16, 57344, 0x1p-17, false, false},
    {dtype::f4e2m1, 2, 1, 1, 6, 0.5, false, true},
};

std::uint32_t codes_of(dtype t) {
    return 1U << bits_of(t);
}

/// The number of a code by the definition of floating point; finite ones only.
double number_of(const facts& f, std::uint32_t code) {
    const std::uint32_t mantissa = code & ((1U << f.mantissa_bits) - 1);
    const std::uint32_t exponent = code >> f.mantissa_bits & ((1U << f.exponent_bits) - 1);
    const double fraction = std::ldexp(static_cast<double>(mantissa), -f.mantissa_bits);
    const double x = exponent == 0 ? std::ldexp(fraction, 1 - f.bias)
                                   : std::ldexp(1 + fraction, static_cast<int>(exponent) - f.bias);
    return code >> (f.mantissa_bits + f.exponent_bits) != 0 ? -x : x;
}

/// All finite numbers of a type that are not negative, in order, one code for each.
struct line {
    std::vector<double> numbers;
    std::vector<std::uint32_t> codes;
};
line line_of(const facts& f) {
    line l;
    for (std::uint32_t code = 0; code < codes_of(f.type) / 2 && number_of(f, code) <= f.greatest; ++code) {
        l.numbers.push_back(number_of(f, code));
        l.codes.push_back(code);
    }
    return l;
}

/// The nearest number by looking at both neighbours; a tie goes to the even code. Beyond the greatest one
/// goes what is nearer to the number that would follow it.
std::uint32_t nearest(const facts& f, const line& l, double x, bool saturate) {
    const std::uint32_t sign = codes_of(f.type) / 2;
    const bool negative = std::signbit(x);
    const double magnitude = std::fabs(x);
    const std::uint32_t nan = f.type == dtype::f16    ? 0x7E00U
                              : f.type == dtype::bf16 ? 0x7FC0U
                              : !f.negative_zero      ? 0x80U
                              : bits_of(f.type) == 4  ? 0x8U
                                                      : 0x7FU;
    const bool signs_nan = f.negative_zero && bits_of(f.type) != 4;
    if (std::isnan(x))
        return nan | (negative && signs_nan ? sign : 0);
    const std::size_t last = l.numbers.size() - 1;
    const double step = l.numbers[last] - l.numbers[last - 1];
    const double bound = f.greatest + step / 2;
    const bool beyond = magnitude > bound || (magnitude == bound && l.codes[last] % 2 != 0);
    std::uint32_t code = 0;
    if (!beyond) {
        const auto upper = std::lower_bound(l.numbers.begin(), l.numbers.end(), magnitude);
        auto i = static_cast<std::size_t>(upper - l.numbers.begin());
        i = std::min(i, last);
        if (i > 0) {
            const double up = l.numbers[i] - magnitude;
            const double down = magnitude - l.numbers[i - 1];
            if (down < up || (down == up && l.codes[i - 1] % 2 == 0))
                --i;
        }
        code = l.codes[i];
    } else if (bits_of(f.type) == 4 || (bits_of(f.type) == 8 && saturate)) {
        code = l.codes[last];
    } else if (f.infinities) {
        code = l.codes[last] + 1;
    } else {
        return nan | (negative && signs_nan ? sign : 0);
    }
    if (code == 0 && !f.negative_zero)
        return 0;
    return code | (negative ? sign : 0);
}

TEST_CASE("every code is the number that its bits say") {
    for (const auto& f : all) {
        CAPTURE(name_of(f.type));
        const line l = line_of(f);
        CHECK(l.numbers.back() == f.greatest);
        CHECK(l.numbers[1] == f.least);
        std::uint32_t finite = 0, nans = 0, infinite = 0, wrong = 0;
        for (std::uint32_t code = 0; code < codes_of(f.type); ++code) {
            const double x = decode_float(f.type, code);
            if (std::isnan(x)) {
                ++nans;
            } else if (std::isinf(x)) {
                ++infinite;
                wrong += encode_float(f.type, x, false) == code ? 0 : 1;
            } else {
                ++finite;
                const double want = number_of(f, code);
                wrong += x == want && std::signbit(x) == std::signbit(want) ? 0 : 1;
                wrong += encode_float(f.type, x) == code && encode_float(f.type, x, false) == code ? 0 : 1;
                wrong += static_cast<double>(static_cast<float>(x)) == x ? 0 : 1; // exact in float
            }
        }
        CHECK(wrong == 0);
        CHECK(finite == 2 * l.numbers.size() - (f.negative_zero ? 0 : 1));
        CHECK(infinite == (f.infinities ? 2 : 0));
        CHECK(finite + nans + infinite == codes_of(f.type));
    }
}

TEST_CASE("conversions give the nearest number, ties to even, at every number, tie and beside them") {
    for (const auto& f : all) {
        CAPTURE(name_of(f.type));
        const line l = line_of(f);
        std::size_t wrong = 0, tried = 0;
        const auto try_one = [&](double x) {
            for (const bool saturate : {false, true})
                for (const double v : {x, -x}) {
                    ++tried;
                    wrong += encode_float(f.type, v, saturate) == nearest(f, l, v, saturate) ? 0 : 1;
                }
        };
        const auto try_around = [&](double x) {
            try_one(x);
            try_one(std::nextafter(x, infinity));
            try_one(std::nextafter(x, 0.0));
            const auto narrow = static_cast<float>(x);
            try_one(static_cast<double>(std::nextafter(narrow, static_cast<float>(infinity))));
            try_one(static_cast<double>(std::nextafter(narrow, 0.F)));
        };
        for (std::size_t i = 0; i < l.numbers.size(); ++i) {
            const double next = i + 1 < l.numbers.size()
                                    ? l.numbers[i + 1]
                                    : 2 * l.numbers[i] - l.numbers[i - 1]; // that would follow
            try_around(l.numbers[i]);
            try_around((l.numbers[i] + next) / 2);
            try_around(next);
        }
        for (const double x : {infinity, 1e300, 0x1p128, 1e-300, 5e-324, 0x1p-1022})
            try_one(x);
        try_one(std::numeric_limits<double>::quiet_NaN());
        CHECK(wrong == 0);
        CHECK(tried > 16 * l.numbers.size());
    }
}

TEST_CASE("random floats of every size are rounded as by looking at both neighbours") {
    pith::random_bits random(7);
    for (const auto& f : all) {
        CAPTURE(name_of(f.type));
        const line l = line_of(f);
        std::size_t wrong = 0;
        for (int i = 0; i < 20000; ++i) {
            const auto x =
                static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(random() >> 32)));
            const bool saturate = i % 2 == 0;
            wrong += encode_float(f.type, x, saturate) == nearest(f, l, x, saturate) ? 0 : 1;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("float16 and bfloat16 overflow to infinity whatever is asked; float4 never leaves its numbers") {
    CHECK(decode_float(dtype::f16, encode_float(dtype::f16, 65519.99)) == 65504);
    CHECK(decode_float(dtype::f16, encode_float(dtype::f16, 65520)) == infinity);
    CHECK(decode_float(dtype::bf16, encode_float(dtype::bf16, -0x1p128)) == -infinity);
    CHECK(encode_float(dtype::f4e2m1, infinity, false) == 7);
    CHECK(encode_float(dtype::f4e2m1, std::numeric_limits<double>::quiet_NaN()) == 8);
    CHECK(encode_float(dtype::f8e4m3fn, 464) == 0x7E); // the tie to 480, which is not there
    CHECK(encode_float(dtype::f8e4m3fn, 464, false) == 0x7E);
    CHECK(encode_float(dtype::f8e4m3fn, 464.1, false) == 0x7F);
    CHECK(encode_float(dtype::f8e5m2, infinity) == 0x7B);
    CHECK(encode_float(dtype::f8e5m2, infinity, false) == 0x7C);
    CHECK(encode_float(dtype::f8e5m2fnuz, -1e-9) == 0);
}

TEST_CASE("powers of two: every code, and the three roundings between two") {
    for (std::uint32_t code = 0; code < 255; ++code) {
        const double x = std::ldexp(1.0, static_cast<int>(code) - 127);
        CHECK(decode_float(dtype::f8e8m0, code) == x);
        for (const auto r : {scale_rounding::up, scale_rounding::down, scale_rounding::nearest})
            for (const double v : {x, -x})
                CHECK(encode_scale(v, r) == code);
        const bool last = code == 254;
        const double above = std::nextafter(x, infinity);
        const double tie = 1.5 * x;
        CHECK(encode_scale(above, scale_rounding::up) == (last ? code : code + 1));
        CHECK(encode_scale(above, scale_rounding::up, false) == code + 1); // 255: NaN
        CHECK(encode_scale(above, scale_rounding::down) == code);
        CHECK(encode_scale(above, scale_rounding::nearest) == code);
        CHECK(encode_scale(tie, scale_rounding::nearest, false) == code + 1);
        CHECK(encode_scale(std::nextafter(tie, 0.0), scale_rounding::nearest) == code);
        CHECK(encode_scale(std::nextafter(2 * x, 0.0), scale_rounding::down) == code);
    }
    CHECK(std::isnan(decode_float(dtype::f8e8m0, 255)));
    CHECK(encode_scale(infinity) == 255);
    CHECK(encode_scale(std::numeric_limits<double>::quiet_NaN()) == 255);
    CHECK(encode_scale(0) == 0);
    CHECK(encode_scale(0x1p-140) == 0);
}

TEST_CASE("round_float leaves wide types alone") {
    CHECK(round_float(dtype::f32, 0.1) == 0.1);
    CHECK(round_float(dtype::f64, 1e300) == 1e300);
    CHECK(round_float(dtype::i8, 0.1F) == 0.1F);
    CHECK(round_float(dtype::f16, 0.1F) == 0x1.998p-4F);
    CHECK(round_float(dtype::f8e4m3fn, 1000.F) == 448.F);
    static_assert(round_float(dtype::bf16, 1.01F) == 1.0078125F);
}

TEST_CASE("bytes of elements that lie densely") {
    CHECK(bytes_of(dtype::i4, 0) == 0);
    CHECK(bytes_of(dtype::i4, 1) == 1);
    CHECK(bytes_of(dtype::u4, 2) == 1);
    CHECK(bytes_of(dtype::f4e2m1, 3) == 2);
    CHECK(bytes_of(dtype::bf16, 3) == 6);
    CHECK(bytes_of(dtype::u64, 3) == 24);
}

} // namespace
