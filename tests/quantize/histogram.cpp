// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/histogram.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <pith/base/random.hpp>

using namespace pith;
using quantize::histogram;

namespace {

/// Numbers of both signs over many magnitudes, with some zeros.
std::vector<float> numbers(std::size_t n, std::uint64_t seed) {
    random_bits random(seed);
    std::vector<float> out;
    for (std::size_t i = 0; i < n; ++i) {
        const float v = (random.unit() - 0.5f) * std::ldexp(1.f, random.between(-9, 6));
        out.push_back(random.below(10) == 0 ? 0.f : v);
    }
    return out;
}

bool same(const histogram& a, const histogram& b) {
    return std::ranges::equal(a.positive(), b.positive()) && std::ranges::equal(a.negative(), b.negative()) &&
           a.width() == b.width() && a.zeros() == b.zeros() && a.low() == b.low() && a.high() == b.high();
}

} // namespace

TEST_CASE("histogram: bins hold exactly what was seen") {
    const auto x = numbers(20000, 1);
    histogram h;
    h.observe(x);
    CHECK(h.count() == x.size());
    CHECK(h.low() == *std::min_element(x.begin(), x.end()));
    CHECK(h.high() == *std::max_element(x.begin(), x.end()));
    std::vector<std::uint64_t> positive(histogram::bins);
    std::vector<std::uint64_t> negative(histogram::bins);
    std::uint64_t zeros = 0;
    for (const float v : x) {
        if (v == 0.f)
            ++zeros;
        else
            ++(v > 0 ? positive : negative)[static_cast<std::size_t>(std::floor(std::fabs(v) / h.width()))];
    }
    CHECK(zeros == h.zeros());
    CHECK(std::ranges::equal(positive, h.positive()));
    CHECK(std::ranges::equal(negative, h.negative()));
}

TEST_CASE("histogram: neither order nor chunks matter") {
    auto x = numbers(5000, 2);
    histogram whole;
    whole.observe(x);
    histogram pieces;
    random_bits random(3);
    for (std::size_t at = 0; at < x.size();) {
        const std::size_t n = std::min<std::size_t>(random.below(70), x.size() - at);
        pieces.observe({x.data() + at, n});
        at += n;
    }
    CHECK(same(whole, pieces));
    std::sort(x.begin(), x.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); });
    histogram growing;
    growing.observe(x);
    CHECK(same(whole, growing));
    std::reverse(x.begin(), x.end());
    histogram falling;
    falling.observe(x);
    CHECK(same(whole, falling));
}

TEST_CASE("histogram: the width is a power of two between 1/4096 and 1/2048 of the largest magnitude") {
    for (const float top :
         {1e-6f, 0.99f, 1.f, 1.01f, 3.f, 1024.f, 1e30f, std::numeric_limits<float>::max()}) {
        histogram h;
        h.observe(1e-7f);
        h.observe(-top);
        int exponent = 0;
        CHECK(std::frexp(h.width(), &exponent) == 0.5f);
        CHECK(top / h.width() >= 2048.f);
        CHECK(top / h.width() < 4096.f);
        CHECK(h.count() == 2);
    }
}

TEST_CASE("histogram: the smallest numbers, NaN and infinities do no harm") {
    histogram h;
    h.observe(std::numeric_limits<float>::denorm_min());
    h.observe(-std::numeric_limits<float>::min());
    h.observe(std::numeric_limits<float>::quiet_NaN());
    h.observe(std::numeric_limits<float>::infinity());
    CHECK(h.count() == 2);
    CHECK(h.not_finite() == 2);
    h.observe(std::numeric_limits<float>::max());
    CHECK(h.count() == 3);
    CHECK(h.positive()[0] == 1);
    CHECK(h.negative()[0] == 1);
    CHECK(h.positive()[histogram::bins - 1] == 1);
}
