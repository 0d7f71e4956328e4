// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/kmeans.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::kmeans;

TEST_CASE("kmeans: codes, scales and bits of every width") {
    for (std::uint8_t bits = 1; bits <= 5; ++bits)
        for (const bool follow : {true, false}) {
            check_quantizer(kmeans{.bits = bits, .follow = follow}, bell(33001, 0.05f), -127, 127);
            const auto x = bell(33001, 0.05f);
            const auto f = fit_forward<float>(kmeans{.bits = bits}, x);
            const auto levels = kmeans{.bits = bits}.levels(std::span<const float>(f.p));
            CHECK(levels.size() <= 1u << bits);
            CHECK(levels.size() > (1u << bits) / 2);
            CHECK(std::max(-levels.front(), +levels.back()) == 127);
        }
}

TEST_CASE("kmeans: every weight goes to the nearest level") {
    const auto x = to_double(bell(5000, 1.f));
    for (std::uint8_t bits = 1; bits <= 5; ++bits) {
        const kmeans q{.bits = bits};
        const auto f = fit_forward<double>(q, x);
        const auto levels = q.levels(std::span<const double>(f.p));
        for (std::size_t i = 0; i < x.size(); ++i)
            REQUIRE(static_cast<int>(f.codes[i]) == nearest_level(levels, x[i], f.scale));
    }
    const auto tie = forward<double>(kmeans{.bits = 1}, {0.0, 0.5, -0.5}, {-127.0, 127.0});
    CHECK(tie.codes == std::vector<double>{-127, 127, -127});
}

TEST_CASE("kmeans: fitted centroids are the means of their clusters") {
    const auto x = to_double(bell(4000, 1.f));
    const auto f = fit_forward<double>(kmeans{.bits = 3, .rounds = 10000}, x);
    std::vector<double> sum(8), count(8);
    for (const double v : x) {
        std::size_t best = 0;
        for (std::size_t k = 1; k < 8; ++k)
            if (std::fabs(v - f.p[k]) < std::fabs(v - f.p[best]))
                best = k;
        sum[best] += v;
        count[best] += 1;
    }
    for (std::size_t k = 0; k < 8; ++k)
        CHECK(f.p[k] == doctest::Approx(sum[k] / count[k]).epsilon(1e-12));
    const std::vector<double> three{-1, -1, 2, 2, 2, 7};
    const auto g = fit_forward<double>(kmeans{.bits = 2}, three); // more centroids than values
    CHECK(std::is_sorted(g.p.begin(), g.p.end()));
    CHECK(g.scale * g.codes[0] == doctest::Approx(-1).epsilon(0.03));
    CHECK(g.scale * g.codes[2] == doctest::Approx(2).epsilon(0.03));
    CHECK(g.scale * g.codes[5] == 7.0);
    CHECK(fit_forward<float>(kmeans{}, std::vector<float>(4, 0.f)).scale > 0.f);
    CHECK(fit_forward<float>(kmeans{}, std::vector<float>(4, 0.5f)).codes[0] == 127.f);
    CHECK(fit_forward<float>(kmeans{}, {0.f, 1.f, 2.f, 3.f}).p[0] != 0.f);
}

TEST_CASE("kmeans: centroids follow weights, or learn from the gradients of theirs") {
    auto x = to_double(bell(3000, 1.f));
    const kmeans following{.bits = 3};
    auto f = fit_forward<double>(following, x);
    const auto error = [&](const std::vector<double>& p) {
        const auto now = forward<double>(following, x, p);
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += std::pow(x[i] - now.scale * now.codes[i], 2);
        return sum;
    };
    const auto begin = f.p;
    for (int i = 0; i < 200; ++i) {
        for (double& v : x)
            v = 1.01 * v;
        following.after_update(std::span<double>(x), std::span<double>(f.p));
    }
    CHECK(error(f.p) < 1.1 * error(fit_forward<double>(following, x).p));
    CHECK(error(f.p) < 0.1 * error(begin));

    const kmeans learning{.bits = 1, .follow = false};
    const std::vector<double> w{-1, -1, 1, 1, 1};
    const auto two = forward<double>(learning, w, {-1.0, 1.0});
    const auto b = backward<double>(learning, w, two, {1, 2, 3, 4, 5});
    CHECK(b.x == std::vector<double>{1, 2, 3, 4, 5});
    CHECK(b.p == std::vector<double>{3, 12});
    std::vector<double> p{0.5, -0.5};
    learning.after_update(std::span<double>{}, std::span<double>(p));
    CHECK(p == std::vector<double>{-0.5, 0.5});
    CHECK(backward<double>(kmeans{.bits = 1}, w, two, {1, 2, 3, 4, 5}).p == std::vector<double>{0, 0});
}

TEST_CASE("kmeans: gradients of centroids with assignments and steps frozen") {
    const kmeans q{.bits = 3, .follow = false};
    const auto x = to_double(bell(300, 1.f));
    const auto f = fit_forward<double>(q, x);
    const auto levels = q.levels(std::span<const double>(f.p));
    REQUIRE(levels.size() == 8);
    const auto errors = check_gradients(q, x, f, [&](std::size_t i, double v, const auto& p) {
        const auto at = std::find(levels.begin(), levels.end(), static_cast<std::int16_t>(f.codes[i]));
        const auto k = static_cast<std::size_t>(at - levels.begin());
        return f.scale * f.codes[i] + (p[k] - f.p[k]) + (v - x[i]);
    });
    CHECK(errors.x < 1e-6);
    CHECK(errors.p < 1e-6);
}
