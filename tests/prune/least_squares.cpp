// SPDX-License-Identifier: MIT
#include "pith/prune/least_squares.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include <pith/base/random.hpp>

using namespace pith;
using namespace pith::prune;

namespace {

std::vector<double> numbers(std::size_t count, std::uint64_t seed) {
    random_bits bits(seed);
    std::vector<double> v(count);
    for (auto& x : v)
        x = 2. * static_cast<double>(bits.unit()) - 1.;
    return v;
}

/// y = a x, summed over random rows x of depth `depth`; some of x depend on others.
gram_sums sums_of(const std::vector<double>& a, std::size_t outputs, std::size_t depth, std::size_t groups) {
    gram_sums sums(depth, outputs, groups);
    const std::size_t rows = 200;
    std::vector<double> x = numbers(groups * rows * depth, 3);
    for (std::size_t r = 0; r < groups * rows; ++r)
        x[r * depth + 1] = 0.8 * x[r * depth] + 0.2 * x[r * depth + 1];
    std::vector<double> y(rows * outputs);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t d = 0; d < depth; ++d)
                y[r * outputs + o] += a[o * depth + d] * x[(o / (outputs / groups) * rows + r) * depth + d];
    sums.add(rows, x.data(), y.data());
    return sums;
}

} // namespace

TEST_CASE("inverse: times the matrix is one; there is none of others") {
    for (const std::size_t n : {1u, 3u, 70u}) {
        const auto a = numbers(n * n, n);
        std::vector<double> h(n * n);
        for (std::size_t i = 0; i < n * n; ++i)
            for (std::size_t k = 0; k < n; ++k)
                h[i] += a[i / n * n + k] * a[i % n * n + k];
        h = damped(h.data(), n, 0.1);
        const auto inverted = inverse(h, n);
        REQUIRE(inverted);
        double worst = 0;
        for (std::size_t i = 0; i < n * n; ++i) {
            double sum = i / n == i % n ? -1 : 0;
            for (std::size_t k = 0; k < n; ++k)
                sum += h[i / n * n + k] * (*inverted)[k * n + i % n];
            worst = std::fmax(worst, std::fabs(sum));
        }
        CHECK(worst < 1e-9);
    }
    CHECK(!inverse({1, 2, 2, 1}, 2));
}

TEST_CASE("damping: a share of the mean of the diagonal, and something where all is zero") {
    const double h[] = {1, 9, 9, 3};
    CHECK(damping_of(h, 2, 0.5) == 1.);
    const double none[] = {0};
    CHECK(damping_of(none, 1, 0.5) > 0);
}

TEST_CASE("fit: finds the weights that made the targets, whatever it starts from") {
    for (const std::size_t groups : {1u, 2u}) {
        const auto a = numbers(4 * 5, 9);
        const auto m = sums_of(a, 4, 5, groups).centred();
        const auto found = fit_weights(m, numbers(20, 4), false, 1e-9);
        REQUIRE(found);
        for (std::size_t i = 0; i < a.size(); ++i)
            CHECK((*found)[i] == doctest::Approx(a[i]).epsilon(1e-4));
    }
}

TEST_CASE("fit: zeros stay, and no other survivors do better") {
    const auto a = numbers(4 * 5, 9);
    const auto m = sums_of(a, 4, 5, 2).centred();
    auto w = a;
    for (std::size_t i = 0; i < w.size(); i += 3)
        w[i] = 0;
    const auto found = fit_weights(m, w, true, 1e-9);
    REQUIRE(found);
    for (std::size_t o = 0; o < 4; ++o) {
        const double best = squared_error(m, o, found->data() + o * 5);
        CHECK(best < squared_error(m, o, w.data() + o * 5));
        for (std::size_t d = 0; d < 5; ++d) {
            if (w[o * 5 + d] == 0) {
                CHECK((*found)[o * 5 + d] == 0);
                continue;
            }
            for (const double step : {-1e-3, 1e-3}) {
                auto other = *found;
                other[o * 5 + d] += step;
                CHECK(squared_error(m, o, other.data() + o * 5) > best);
            }
        }
    }
}

TEST_CASE("fit: much damping leaves the weights, and what is not finite is not fitted") {
    const auto m = sums_of(numbers(20, 9), 4, 5, 1).centred();
    const auto start = numbers(20, 4);
    const auto found = fit_weights(m, start, false, 1e9);
    REQUIRE(found);
    for (std::size_t i = 0; i < start.size(); ++i)
        CHECK((*found)[i] == doctest::Approx(start[i]).epsilon(1e-5));
    auto broken = m;
    broken.inputs[0] = std::nan("");
    CHECK(!fit_weights(broken, start, false, 0.1));
    CHECK(!fit_weights(broken, start, true, 0.1));
}
