// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/ternary.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::ternary;

TEST_CASE("ternary: codes, scales and bits") {
    check_quantizer(ternary{}, bell(40001, 0.05f), -1, 1);
    CHECK(quantize::consecutive(ternary{}.levels(std::span<const float>{})));
    CHECK(quantize::index_bits(ternary{}.levels(std::span<const float>{})) == 2);
}

TEST_CASE("ternary: threshold 0.7 mean|x|, scale the mean of what lies beyond") {
    const std::vector<double> x{1, -2, 0.5, -0.5, 3, 1}; // mean magnitude 8/6, threshold 0.9333
    const auto f = forward<double>(ternary{}, x, {});
    CHECK(f.codes == std::vector<double>{1, -1, 0, 0, 1, 1});
    CHECK(f.scale == doctest::Approx(7.0 / 4).epsilon(1e-15));
    const auto one = forward<double>(ternary{.threshold = 1}, {0.5, -0.5, 0.5}, {});
    CHECK(one.codes == std::vector<double>{0, 0, 0}); // nothing lies beyond
    CHECK(one.scale == 1.0);
    CHECK(forward<float>(ternary{}, {0.f, 0.f}, {}).scale == 1.f);
}

TEST_CASE("ternary: for its codes no scale has less error, and few thresholds have") {
    const auto x = to_double(bell(5000, 1.f));
    const auto error = [&](const ternary& q, double by) {
        const auto f = forward<double>(q, x, {});
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += std::pow(x[i] - by * f.scale * f.codes[i], 2);
        return sum;
    };
    const double here = error({}, 1);
    CHECK(here < error({}, 1.01));
    CHECK(here < error({}, 0.99));
    for (double threshold = 0; threshold < 3; threshold += 0.05)
        CHECK(here < 1.02 * error({.threshold = threshold}, 1));
}

TEST_CASE("ternary: gradients pass") {
    const std::vector<double> x{1, -2, 0.5};
    const auto b = backward<double>(ternary{}, x, forward<double>(ternary{}, x, {}), {3, 4, 5});
    CHECK(b.x == std::vector<double>{3, 4, 5});
}
