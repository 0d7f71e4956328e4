// SPDX-License-Identifier: MIT
#include <cmath>
#include <span>
#include <vector>

#include <doctest/doctest.h>
#include <pith/train/optimizer.hpp>

using namespace pith;

namespace {

/// Minimises 0.5 (w - 3)^2 for `steps`; returns w.
template <class Optimizer>
double minimise(const Optimizer& o, double rate, std::uint64_t steps) {
    std::vector<double> w{0};
    std::vector<double> g{0};
    std::vector<double> memory(o.memories());
    for (std::uint64_t i = 1; i <= steps; ++i) {
        g[0] = w[0] - 3;
        o(train::parameter_range<double>{w, g}, rate, i, std::span<double>(memory));
    }
    return w[0];
}

} // namespace

TEST_CASE("sgd: two steps by hand, with momentum, decay and Nesterov") {
    std::vector<double> w{1};
    std::vector<double> g{2};
    std::vector<double> v{0};
    const train::sgd plain{.momentum = 0.9, .weight_decay = 0.1};
    plain(train::parameter_range<double>{w, g}, 0.5, 1, std::span<double>(v));
    CHECK(v[0] == doctest::Approx(2.1));
    CHECK(w[0] == doctest::Approx(1 - 0.5 * 2.1));
    const double before = w[0];
    plain(train::parameter_range<double>{w, g}, 0.5, 2, std::span<double>(v));
    CHECK(v[0] == doctest::Approx(0.9 * 2.1 + 2 + 0.1 * before));
    std::vector<double> n{1};
    std::vector<double> m{0};
    train::sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 0}(train::parameter_range<double>{n, g},
                                                                     0.5, 1, std::span<double>(m));
    CHECK(n[0] == doctest::Approx(1 - 0.5 * (2 + 0.9 * 2)));
}

TEST_CASE("sgd: factors of a range scale its rate and its decay") {
    std::vector<double> w{1};
    std::vector<double> g{0};
    std::vector<double> v{0};
    const train::sgd o{.momentum = 0, .weight_decay = 0.1};
    o(train::parameter_range<double>{w, g, 2, 0}, 1, 1, std::span<double>(v));
    CHECK(w[0] == 1);
    o(train::parameter_range<double>{w, g, 2, 1}, 1, 1, std::span<double>(v));
    CHECK(w[0] == doctest::Approx(0.8));
}

TEST_CASE("adam: the first step is the rate in the gradient's direction; decay apart shrinks the weight") {
    for (const double gradient : {1e-3, 5.0}) {
        std::vector<double> w{1};
        std::vector<double> g{gradient};
        std::vector<double> m(2);
        train::adam{.epsilon = 0}(train::parameter_range<double>{w, g}, 0.01, 1, std::span<double>(m));
        CHECK(w[0] == doctest::Approx(0.99));
    }
    std::vector<double> w{1};
    std::vector<double> g{0};
    std::vector<double> m(2);
    train::adam{.weight_decay = 0.1}(train::parameter_range<double>{w, g}, 0.01, 1, std::span<double>(m));
    CHECK(w[0] == doctest::Approx(0.999));
}

TEST_CASE("optimisers reach the minimum of a parabola") {
    CHECK(minimise(train::sgd{.weight_decay = 0}, 0.05, 400) == doctest::Approx(3).epsilon(1e-4));
    CHECK(minimise(train::sgd{.nesterov = true, .weight_decay = 0}, 0.05, 400) ==
          doctest::Approx(3).epsilon(1e-4));
    CHECK(minimise(train::adam{}, 0.05, 2000) == doctest::Approx(3).epsilon(1e-3));
}

TEST_CASE("moving average: forgets its start and follows") {
    std::vector<float> average{100};
    const std::vector<float> value{1};
    for (std::uint64_t i = 1; i <= 200; ++i)
        train::moving_average{.decay = 0.9}(std::span<const float>(value), i, std::span<float>(average));
    CHECK(average[0] == doctest::Approx(1));
}
