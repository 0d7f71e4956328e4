// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/ewgs_delta.hpp>

#include <cmath>
#include <vector>

using namespace pith;

namespace {

/// The gradient of sum a_i x_i^2 / 2 + x_0 x_1 + x_2^3 / 6.
std::vector<double> gradient(const std::vector<double>& a, const std::vector<double>& x) {
    std::vector<double> g(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
        g[i] = a[i] * x[i];
    g[0] += x[1];
    g[1] += x[0];
    g[2] += x[2] * x[2] / 2;
    return g;
}

} // namespace

TEST_CASE("ewgs_delta: the mean over random signs is the trace of the Hessian") {
    const std::vector<double> a{1, 2, -0.5, 4, 0.25};
    const std::vector<double> q{0.5, -1, 2, 0, 3};
    const double trace = 1 + 2 + (-0.5 + 2) + 4 + 0.25;
    random_bits bits(1);
    quantize::running_mean seen;
    std::vector<double> v(5);
    for (int draw = 0; draw < 4000; ++draw) {
        quantize::draw_signs(bits, view<double>(v));
        auto ahead = q;
        auto behind = q;
        for (std::size_t i = 0; i < 5; ++i) {
            REQUIRE(std::fabs(v[i]) == 1.0);
            ahead[i] += 1e-3 * v[i];
            behind[i] -= 1e-3 * v[i];
        }
        seen.add(quantize::trace_along<double>(v, gradient(a, ahead), gradient(a, behind), 1e-3));
    }
    CHECK(seen.draws == 4000);
    CHECK(seen.mean == doctest::Approx(trace).epsilon(0.02)); // its deviation: 2 / sqrt(4000)
}

TEST_CASE("ewgs_delta: a diagonal Hessian settles at once") {
    quantize::running_mean seen;
    CHECK(!seen.add(3.0));
    CHECK(seen.add(3.0));
    CHECK(!seen.add(9.0));
    CHECK(seen.mean == 5.0);
}

TEST_CASE("ewgs_delta: mean curvature over three deviations of the gradient, never negative") {
    const std::vector<double> g{1, -1, 1, -1};
    const double deviation = std::sqrt(4.0 / 3);
    CHECK(quantize::ewgs_delta<double>(6.0, g) == doctest::Approx(1.5 / (3 * deviation)));
    CHECK(quantize::ewgs_delta<double>(-6.0, g) == 0.0);
    CHECK(quantize::ewgs_delta<double>(6.0, std::vector<double>(4, 0.5)) == 0.0);
}
