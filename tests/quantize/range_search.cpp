// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/range_search.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include <pith/base/random.hpp>

using namespace pith;
using quantize::histogram;

namespace {

/// Roughly normal numbers of deviation 1.
std::vector<float> bell(std::size_t n, std::uint64_t seed) {
    random_bits random(seed);
    std::vector<float> out;
    for (std::size_t i = 0; i < n; ++i) {
        float v = -6.f;
        for (int k = 0; k < 12; ++k)
            v += random.unit();
        out.push_back(v);
    }
    return out;
}

histogram seen(const std::vector<float>& x) {
    histogram h;
    h.observe(x);
    return h;
}

/// The definition, with every distribution written out.
double naive_divergence(const std::vector<std::uint64_t>& bins, std::size_t kept, std::size_t levels) {
    std::vector<double> p(bins.begin(), bins.begin() + static_cast<std::ptrdiff_t>(kept));
    std::vector<double> q(kept, 0.);
    for (std::size_t cell = 0; cell < levels; ++cell) {
        double sum = 0;
        double filled = 0;
        for (std::size_t j = 0; j < kept; ++j)
            if (j * levels / kept == cell) {
                sum += p[j];
                filled += p[j] != 0 ? 1 : 0;
            }
        for (std::size_t j = 0; j < kept; ++j)
            if (j * levels / kept == cell && p[j] != 0)
                q[j] = sum / filled;
    }
    for (std::size_t j = kept; j < bins.size(); ++j)
        p[kept - 1] += static_cast<double>(bins[j]);
    const double all_p = std::accumulate(p.begin(), p.end(), 0.);
    const double all_q = std::accumulate(q.begin(), q.end(), 0.);
    double sum = 0;
    for (std::size_t j = 0; j < kept; ++j) {
        if (p[j] == 0)
            continue;
        if (q[j] == 0)
            return std::numeric_limits<double>::infinity();
        sum += p[j] / all_p * std::log(p[j] / all_p / (q[j] / all_q));
    }
    return sum;
}

double exact_error(const std::vector<float>& x, const format::affine& a) {
    double sum = 0;
    for (const float v : x) {
        const double e = static_cast<double>(v - format::decode(a, format::encode(a, v)));
        sum += e * e;
    }
    return sum;
}

} // namespace

TEST_CASE("percentile: exactly the outliers are cut") {
    std::vector<float> x;
    for (int i = 1; i <= 9999; ++i)
        x.push_back(static_cast<float>(i) / 10000.f * (i % 2 == 0 ? 1.f : -1.f));
    x.push_back(50.f);
    const auto h = seen(x);
    const auto r = quantize::percentile_range(h, 99.99);
    CHECK(r.high >= 0.9998f);
    CHECK(r.high <= 0.9999f + h.width());
    CHECK(r.low == -0.9999f);
    CHECK(quantize::percentile_range(h, 100.) == quantize::range{-0.9999f, 50.f});
}

TEST_CASE("percentile: zeros count as inside, and a one-sided stream stays one-sided") {
    std::vector<float> x(9900, 0.f);
    for (int i = 1; i <= 100; ++i)
        x.push_back(static_cast<float>(i));
    const auto h = seen(x);
    const auto r = quantize::percentile_range(h, 99.5);
    CHECK(r.low == 0.f);
    CHECK(std::fabs(r.high - 50.f) <= h.width());
    CHECK(quantize::percentile_range(histogram{}, 99.99) == quantize::range{});
    CHECK(quantize::percentile_range(seen({0.f, 0.f}), 99.99) == quantize::range{});
}

TEST_CASE("squared error: the histogram's error is the numbers' error") {
    const auto x = bell(50000, 4);
    const auto h = seen(x);
    for (const float top : {1.f, 2.5f, 4.f}) {
        const auto a = format::affine_from_range(-top, top);
        const double exact = exact_error(x, a);
        CHECK(quantize::squared_error(h, a) == doctest::Approx(exact).epsilon(0.02));
    }
}

TEST_CASE("squared error: no shrunk range on the same grid does better on the numbers themselves") {
    auto x = bell(20000, 5);
    x.push_back(30.f);
    const auto h = seen(x);
    const auto r = quantize::squared_error_range(h, 0, 15);
    const double found = exact_error(x, format::affine_from_range(r.low, r.high, 0, 15));
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 80; ++i)
        for (int j = 0; j < 80; ++j) {
            const float low = h.low() * (1.f - 0.01f * static_cast<float>(i));
            const float high = h.high() * (1.f - 0.01f * static_cast<float>(j));
            best = std::min(best, exact_error(x, format::affine_from_range(low, high, 0, 15)));
        }
    CHECK(found <= best * 1.10); // the search goes along the axes, not through the whole plane
    CHECK(found < exact_error(x, format::affine_from_range(h.low(), h.high(), 0, 15)) / 2);
}

TEST_CASE("squared error: a uniform stream keeps its whole range") {
    std::vector<float> x;
    for (int i = 0; i <= 10000; ++i)
        x.push_back(static_cast<float>(i) / 1000.f);
    const auto r = quantize::squared_error_range(seen(x), 0, 255);
    CHECK(r.low == 0.f);
    CHECK(r.high >= 9.8f);
    CHECK(quantize::squared_error_largest(seen(x), 127) >= 9.8f);
}

TEST_CASE("divergence: prefix sums give the definition's value") {
    random_bits random(6);
    std::vector<std::uint64_t> bins(300);
    for (auto& b : bins)
        b = random.below(3) == 0 ? 0 : random.below(1000);
    bins.back() = 2;
    const quantize::detail::divergence d(bins);
    for (std::size_t levels : {16u, 37u, 128u})
        for (std::size_t kept = levels; kept <= bins.size(); kept += 7) {
            const double expected = naive_divergence(bins, kept, levels);
            if (std::isinf(expected))
                CHECK(std::isinf(d.at(kept, levels)));
            else
                CHECK(d.at(kept, levels) == doctest::Approx(expected).epsilon(1e-9));
        }
}

TEST_CASE("divergence: the chosen cut is the last least one, and outliers are cut off") {
    auto x = bell(100000, 7);
    x.push_back(60.f);
    const auto h = seen(x);
    const auto r = quantize::divergence_range(h, 128);
    CHECK(r.high < 10.f);
    CHECK(r.high > 2.f);
    CHECK(r.low == std::max(h.low(), -r.high));
    const auto bins = h.magnitudes();
    const auto chosen = static_cast<std::size_t>(std::lround(r.high / h.width()));
    double least = std::numeric_limits<double>::infinity();
    std::size_t best = 0;
    for (std::size_t kept = 128; kept <= bins.size(); ++kept) {
        const double e = quantize::detail::divergence(bins).at(kept, 128);
        if (e <= least) {
            least = e;
            best = kept;
        }
    }
    CHECK(chosen == best);
    CHECK(quantize::divergence_range(histogram{}, 128) == quantize::range{});
}

TEST_CASE("divergence: a spike does not hide what lies beyond it") {
    // Images on a black ground: four of five numbers are one value, the others are spread over larger ones.
    std::vector<float> x(8000, -0.42f);
    for (int i = 0; i < 2000; ++i)
        x.push_back(-0.42f + 3.24f * static_cast<float>(i % 256) / 255.f);
    const auto r = quantize::divergence_range(seen(x), 128);
    CHECK(r.high > 2.7f);
    CHECK(r.low == -0.42f);
}
