// SPDX-License-Identifier: MIT
#include "pith/factorize/truncated_svd.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>

using namespace pith;
using namespace pith::factorize;

namespace {

std::vector<double> numbers(std::size_t count, std::uint64_t seed) {
    random_bits bits(seed);
    std::vector<double> v(count);
    for (auto& x : v)
        x = 2. * static_cast<double>(bits.unit()) - 1.;
    return v;
}

/// a [rows, inner] times b [inner, columns].
std::vector<double> product(const std::vector<double>& a, const std::vector<double>& b, std::size_t rows,
                            std::size_t inner, std::size_t columns) {
    std::vector<double> c(rows * columns);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t k = 0; k < inner; ++k)
            for (std::size_t j = 0; j < columns; ++j)
                c[i * columns + j] += a[i * inner + k] * b[k * columns + j];
    return c;
}

/// E[|(a - b) x|^2]. @param h empty: the identity
double lost(const std::vector<double>& a, const std::vector<double>& b, std::size_t outputs,
            std::size_t inputs, const std::vector<double>& h) {
    std::vector<double> difference(a);
    for (std::size_t i = 0; i < a.size(); ++i)
        difference[i] -= b[i];
    const auto moments = output_moments(difference, outputs, inputs, h);
    double trace = 0;
    for (std::size_t i = 0; i < outputs; ++i)
        trace += moments[i * outputs + i];
    return trace;
}

constexpr std::size_t outputs = 7;
constexpr std::size_t inputs = 12;

factor_pair factors(const std::vector<double>& w, const std::vector<double>& h, std::size_t rank) {
    const auto p = principal_axes_of(output_moments(w, outputs, inputs, h), outputs);
    REQUIRE(p);
    return factors_of(w, outputs, inputs, *p, rank);
}

/// Second moments of inputs that depend on each other: X^T X / rows of 30 rows.
std::vector<double> dependent_inputs() {
    auto x = numbers(30 * inputs, 5);
    for (std::size_t r = 0; r < 30; ++r)
        for (std::size_t i = 1; i < inputs; ++i)
            x[r * inputs + i] = 0.9 * x[r * inputs + i - 1] + 0.3 * x[r * inputs + i];
    std::vector<double> h(inputs * inputs);
    for (std::size_t r = 0; r < 30; ++r)
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t j = 0; j < inputs; ++j)
                h[i * inputs + j] += x[r * inputs + i] * x[r * inputs + j] / 30.;
    return h;
}

} // namespace

TEST_CASE("truncated svd: the axes of a known matrix") {
    // Eigenvalues 9 and 1 of [[5, 4], [4, 5]], along (1, 1) and (1, -1).
    const auto p = principal_axes_of(std::vector<double>{5, 4, 4, 5}, 2);
    REQUIRE(p);
    CHECK(p->energies[0] == doctest::Approx(9));
    CHECK(p->energies[1] == doctest::Approx(1));
    CHECK(p->axes[0] == doctest::Approx(p->axes[1]));
    CHECK(p->axes[2] == doctest::Approx(-p->axes[3]));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(!principal_axes_of(std::vector<double>{nan, 0, 0, 1}, 2));
}

TEST_CASE("truncated svd: at full rank the product is the matrix") {
    const auto w = numbers(outputs * inputs, 1);
    for (const auto& h : {std::vector<double>{}, dependent_inputs()}) {
        const auto f = factors(w, h, outputs);
        const auto back = product(f.second, f.first, outputs, outputs, inputs);
        for (std::size_t i = 0; i < w.size(); ++i)
            CHECK(back[i] == doctest::Approx(w[i]).epsilon(1e-9));
    }
}

TEST_CASE("truncated svd: what is lost is the energy of the axes left out") {
    const auto w = numbers(outputs * inputs, 1);
    for (const auto& h : {std::vector<double>{}, dependent_inputs()}) {
        const auto p = principal_axes_of(output_moments(w, outputs, inputs, h), outputs);
        REQUIRE(p);
        double tail = 0;
        for (std::size_t rank = outputs; rank-- > 1;) {
            tail += p->energies[rank];
            const auto f = factors_of(w, outputs, inputs, *p, rank);
            const auto back = product(f.second, f.first, outputs, rank, inputs);
            CHECK(lost(w, back, outputs, inputs, h) == doctest::Approx(tail).epsilon(1e-9));
        }
    }
}

TEST_CASE("truncated svd: weighted by the inputs it loses less of the outputs than plain") {
    const auto w = numbers(outputs * inputs, 1);
    const auto h = dependent_inputs();
    for (std::size_t rank = 1; rank < outputs; ++rank) {
        const auto whitened = factors(w, h, rank);
        const auto plain = factors(w, {}, rank);
        CHECK(lost(w, product(whitened.second, whitened.first, outputs, rank, inputs), outputs, inputs, h) <
              0.999 * lost(w, product(plain.second, plain.first, outputs, rank, inputs), outputs, inputs, h));
    }
}

TEST_CASE("truncated svd: a matrix of lower rank, and one of zeros, give finite factors") {
    const auto thin = product(numbers(outputs * 2, 1), numbers(2 * inputs, 2), outputs, 2, inputs);
    const auto f = factors(thin, {}, 5);
    const auto back = product(f.second, f.first, outputs, 5, inputs);
    for (std::size_t i = 0; i < thin.size(); ++i)
        CHECK(back[i] == doctest::Approx(thin[i]).epsilon(1e-9));
    for (const double v : factors(std::vector<double>(outputs * inputs), {}, 3).first)
        CHECK(v == 0.);
}
