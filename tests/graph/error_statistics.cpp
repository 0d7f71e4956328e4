// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/error_statistics.hpp>

namespace {

using namespace pith;

error_statistics between(const std::vector<float>& a, const std::vector<float>& b) {
    return error_statistics_of(std::span<const float>(a), std::span<const float>(b));
}

TEST_CASE("error statistics: signal, noise and the worst element") {
    const auto d = between({3, -4, 0}, {3, -4.5F, 0.25F});
    CHECK(d.signal == 25);
    CHECK(d.noise == 0.3125);
    CHECK(d.worst == 0.5);
    CHECK(d.worst_at == 1);
    CHECK(d.wanted == -4);
    CHECK(d.had == -4.5);
    CHECK(sqnr(d) == doctest::Approx(10 * std::log10(80)));
}

TEST_CASE("error statistics: equal values have no noise, and noise without signal is worse than any") {
    CHECK(sqnr(between({1, 2}, {1, 2})) == std::numeric_limits<double>::infinity());
    CHECK(sqnr(between({0, 0}, {0, 1})) == -std::numeric_limits<double>::infinity());
    CHECK(sqnr(between({}, {})) == std::numeric_limits<double>::infinity());
}

TEST_CASE("error statistics: infinities and NaN differ from everything but themselves") {
    const float inf = std::numeric_limits<float>::infinity();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(between({inf, -inf, nan}, {inf, -inf, nan}).noise == 0);
    for (const float odd : {inf, nan}) {
        const auto d = between({1, 2}, {1, odd});
        CHECK(std::isinf(d.noise));
        CHECK(d.worst_at == 1);
        CHECK(sqnr(d) == -inf);
        CHECK(std::isinf(between({1, odd}, {1, 2}).noise));
    }
}

TEST_CASE("error statistics: of several images the worst one's element is kept") {
    auto sum = between({1, 1}, {1, 1.5F});
    add(sum, between({2, 2}, {4, 2}));
    add(sum, between({1, 1}, {1, 1}));
    CHECK(sum.signal == 12);
    CHECK(sum.noise == 4.25);
    CHECK(sum.worst == 2);
    CHECK(sum.worst_at == 0);
    CHECK(sum.elements == 6);
}

} // namespace
