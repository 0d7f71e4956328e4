// SPDX-License-Identifier: MIT
#include "pith/graph/cholesky.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "pith/base/random.hpp"

using namespace pith;

namespace {

std::vector<double> numbers(std::size_t count, std::uint64_t seed) {
    random_bits bits(seed);
    std::vector<double> v(count);
    for (auto& x : v)
        x = 2. * static_cast<double>(bits.unit()) - 1.;
    return v;
}

/// A A^T plus something on the diagonal.
std::vector<double> positive(std::size_t n) {
    const auto a = numbers(n * n, n);
    std::vector<double> h(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            h[i * n + j] = i == j ? 0.1 : 0.;
            for (std::size_t k = 0; k < n; ++k)
                h[i * n + j] += a[i * n + k] * a[j * n + k];
        }
    return h;
}

} // namespace

TEST_CASE("cholesky: a triangle whose square is the matrix") {
    for (const std::size_t n : {1u, 2u, 7u, 65u, 130u}) {
        CAPTURE(n);
        const auto h = positive(n);
        const auto l = cholesky(h, n);
        REQUIRE(l);
        double worst = 0;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                double sum = 0;
                for (std::size_t k = 0; k < n; ++k)
                    sum += (*l)[i * n + k] * (*l)[j * n + k];
                worst = std::fmax(worst, std::fabs(sum - h[i * n + j]));
                if (j > i)
                    CHECK((*l)[i * n + j] == 0.);
            }
        CHECK(worst < 1e-10);
    }
}

TEST_CASE("cholesky: only positive definite matrices have a factor") {
    CHECK(!cholesky<double>({-1.}, 1));
    CHECK(!cholesky<double>({1., 2., 2., 1.}, 2));
    CHECK(!cholesky<double>({1., 0., 0., std::nan("")}, 2));
}

TEST_CASE("cholesky: forward substitution solves L x = b") {
    for (const std::size_t n : {1u, 64u, 150u}) {
        CAPTURE(n);
        const std::size_t columns = 3;
        const auto l = cholesky(positive(n), n);
        REQUIRE(l);
        const auto b = numbers(n * columns, 5);
        auto x = b;
        substitute_forward(l->data(), n, n, columns, x.data());
        double worst = 0;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t c = 0; c < columns; ++c) {
                double sum = 0;
                for (std::size_t k = 0; k <= i; ++k)
                    sum += (*l)[i * n + k] * x[k * columns + c];
                worst = std::fmax(worst, std::fabs(sum - b[i * columns + c]));
            }
        CHECK(worst < 1e-10);
    }
}

TEST_CASE("cholesky: the caches that Eigen finds do not change a bit") {
    const std::size_t n = 600;
    const auto h = positive(n);
    const auto b = numbers(n * 5, 6);
    const auto caches = std::array{Eigen::l1CacheSize(), Eigen::l2CacheSize(), Eigen::l3CacheSize()};
    const auto solved = [&](std::ptrdiff_t l1, std::ptrdiff_t l2, std::ptrdiff_t l3) {
        Eigen::setCpuCacheSizes(l1 * 1024, l2 * 1024, l3 * 1024);
        const auto l = cholesky(h, n);
        REQUIRE(l);
        auto x = b;
        substitute_forward(l->data(), n, n, 5, x.data());
        x.insert(x.end(), l->begin(), l->end());
        return x;
    };
    const auto first = solved(32, 256, 2048);
    CHECK(solved(48, 2048, 32768) == first);
    CHECK(solved(64, 512, 4096) == first);
    CHECK(solved(16, 128, 1024) == first);
    Eigen::setCpuCacheSizes(caches[0], caches[1], caches[2]);
}
