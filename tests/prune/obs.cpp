// SPDX-License-Identifier: MIT
#include "pith/prune/obs.hpp"

#include <cmath>

#include <pith/base/random.hpp>

#include "group_of_rows.hpp"

using namespace pith;
using namespace pith::prune;
static_assert(channel_criterion<obs>);

namespace {

/// A layer [2, 6] that reads three units of two columns each, and the moments of 40 random rows.
layer_slices random_reader(std::uint64_t seed) {
    random_bits bits(seed);
    const auto number = [&] { return 2. * static_cast<double>(bits.unit()) - 1.; };
    layer_slices s;
    s.rows = 2;
    s.columns = 6;
    for (std::size_t i = 0; i < 12; ++i)
        s.weights.push_back(number());
    s.of_unit = {{0, 3}, {1, 4}, {2, 5}};
    s.moments.resize(36);
    for (std::size_t row = 0; row < 40; ++row) {
        std::vector<double> x(6);
        for (auto& v : x)
            v = number();
        x[4] = x[1] * 0.5 + x[0] * 0.25; // depends on others
        for (std::size_t i = 0; i < 36; ++i)
            s.moments[i] += x[i / 6] * x[i % 6] / 40;
    }
    return s;
}

/// What is left of (w - v) H (w - v)^T when v, zero at the columns `gone`, is the best there is.
double least_error(const layer_slices& s, const std::vector<bool>& gone, double lambda) {
    const auto h = damped(s.moments.data(), s.columns, lambda);
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < s.columns; ++i)
        if (!gone[i])
            kept.push_back(i);
    std::vector<double> some;
    for (const auto i : kept)
        for (const auto j : kept)
            some.push_back(h[i * s.columns + j]);
    const auto inverted = inverse(some, kept.size());
    REQUIRE(inverted);
    double sum = 0;
    for (std::size_t r = 0; r < s.rows; ++r) {
        std::vector<double> d(s.columns); // w - v: the columns that go, and what others make up for them
        for (std::size_t i = 0; i < s.columns; ++i)
            d[i] = gone[i] ? s.row(r)[i] : 0;
        std::vector<double> pull(kept.size());
        for (std::size_t i = 0; i < kept.size(); ++i)
            for (std::size_t j = 0; j < s.columns; ++j)
                pull[i] += gone[j] ? h[kept[i] * s.columns + j] * s.row(r)[j] : 0;
        for (std::size_t i = 0; i < kept.size(); ++i)
            for (std::size_t j = 0; j < kept.size(); ++j)
                d[kept[i]] -= (*inverted)[i * kept.size() + j] * pull[j];
        for (std::size_t i = 0; i < s.columns; ++i)
            for (std::size_t j = 0; j < s.columns; ++j)
                sum += d[i] * h[i * s.columns + j] * d[j];
    }
    return sum;
}

} // namespace

TEST_CASE("obs: scores are the least error that is left, one unit after the other") {
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        CAPTURE(seed);
        group_weights g{"layer", 3, {}, {random_reader(seed)}, {}};
        const auto& s = g.readers[0];
        const double lambda = damping_of(s.moments.data(), 6, 0.01);
        const auto scores = obs{.damping = 0.01}(g);
        REQUIRE(scores);
        const auto order = test::order_of(obs{.damping = 0.01}, g);
        std::vector<bool> gone(6, false);
        std::vector<double> alone;
        for (std::size_t u = 0; u < 3; ++u) {
            auto one = gone;
            for (const auto c : s.of_unit[u])
                one[c] = true;
            alone.push_back(least_error(s, one, lambda));
        }
        CHECK((*scores)[order[0]] == doctest::Approx(*std::min_element(alone.begin(), alone.end())));
        // What the second costs on top of the first.
        for (const auto c : s.of_unit[order[0]])
            gone[c] = true;
        const double first = least_error(s, gone, lambda);
        for (const auto c : s.of_unit[order[1]])
            gone[c] = true;
        const double both = least_error(s, gone, lambda);
        CHECK((*scores)[order[1]] == doctest::Approx(std::max(first, both - first)).epsilon(1e-6));
    }
}

TEST_CASE("obs: of two channels that always agree one goes for nothing, and the other then stays") {
    group_weights g{"layer", 3, {}, {}, {}};
    layer_slices s;
    s.rows = 1;
    s.columns = 3;
    s.weights = {5, 4, 2};
    s.of_unit = {{0}, {1}, {2}};
    s.moments = {1, 1, 0, 1, 1, 0, 0, 0, 1}; // x0 = x1
    g.readers.push_back(s);
    const auto order = test::order_of(obs{}, g);
    CHECK(order[0] != 2);
    CHECK(order[1] == 2);
}

TEST_CASE("obs: refuses channels without samples, and those that nobody reads") {
    group_weights g{"layer", 2, {}, {}, {}};
    CHECK(obs{}(g).error().code == errc::unsupported);
    auto s = random_reader(1);
    s.moments.clear();
    g.readers.push_back(s);
    CHECK(obs{}(g).error().code == errc::bad_option);
}
