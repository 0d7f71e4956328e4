// SPDX-License-Identifier: MIT
#include "pith/quantize/round_gram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "pith/base/random.hpp"

using namespace pith;
using namespace pith::quantize;

namespace {

/// A layer with random weights whose inputs depend on each other, as those of pixels do.
struct problem {
    gram moments{};
    std::vector<float> weights{};
    std::vector<float> scales{};

    problem(std::size_t depth, std::size_t outputs, std::size_t groups, std::int32_t highest,
            std::uint64_t seed, float likeness = 0.8f) {
        random_bits bits(seed);
        const auto one = [&] { return 2.f * bits.unit() - 1.f; };
        weights.resize(outputs * depth);
        for (auto& w : weights)
            w = one();
        scales.assign(outputs, 1.f / static_cast<float>(highest));
        const std::size_t count = 8 * depth;
        std::vector<float> in(groups * count * depth);
        for (std::size_t i = 0; i < in.size(); ++i)
            in[i] = one() + (i % depth == 0 ? 0.f : likeness * in[i - 1]);
        std::vector<float> target(count * outputs);
        for (std::size_t r = 0; r < count; ++r)
            for (std::size_t o = 0; o < outputs; ++o)
                for (std::size_t d = 0; d < depth; ++d)
                    target[r * outputs + o] +=
                        weights[o * depth + d] * in[(o / (outputs / groups) * count + r) * depth + d];
        gram_sums sums(depth, outputs, groups);
        sums.add(count, in.data(), target.data());
        moments = sums.centred();
    }
    [[nodiscard]] double error(std::size_t o, const float* codes, float scale) const {
        std::vector<double> w(moments.depth);
        for (std::size_t d = 0; d < w.size(); ++d)
            w[d] = static_cast<double>(codes[d]) * static_cast<double>(scale);
        return squared_error(moments, o, w.data());
    }
    [[nodiscard]] gram_codes rounded(std::span<const float> codes, gram_rounding_options how) const {
        const auto r =
            round_gram({.moments = moments, .weights = weights, .codes = codes, .scales = scales}, how);
        REQUIRE(r);
        return *r;
    }
    /// Of output o, with every weight at its nearest code.
    [[nodiscard]] double nearest(std::size_t o, std::span<const float> codes) const {
        std::vector<float> q(moments.depth);
        const float scale = scales[scales.size() == 1 ? 0 : o];
        for (std::size_t d = 0; d < q.size(); ++d)
            q[d] =
                quantize::detail::nearest_of(codes, static_cast<double>(weights[o * q.size() + d] / scale));
        return error(o, q.data(), scale);
    }
    /// The least error that any codes have.
    [[nodiscard]] double least(std::size_t o, std::span<const float> codes) const {
        std::vector<std::size_t> at(moments.depth);
        std::vector<float> q(moments.depth, codes[0]);
        double best = std::numeric_limits<double>::infinity();
        for (bool more = true; more;) {
            best = std::fmin(best, error(o, q.data(), scales[o]));
            std::size_t d = 0;
            for (; d < at.size(); ++d) {
                at[d] = (at[d] + 1) % codes.size();
                q[d] = codes[at[d]];
                if (at[d] != 0)
                    break;
            }
            more = d < at.size();
        }
        return best;
    }
};

const std::vector<float> two_bits{-1, 0, 1};
const std::vector<float> three_bits{-3, -2, -1, 0, 1, 2, 3};
const std::vector<float> sums_of_powers{-10, -8, -4, -2, 0, 2, 4, 8, 10};
const std::vector<float> signs{-1, 1};
constexpr gram_rounding_options exact{.damping = 1e-9, .refits = 0};

void check_all_below_nearest(const problem& p, std::span<const float> codes) {
    const std::size_t depth = p.moments.depth;
    const auto fixed = p.rounded(codes, exact);
    const auto r = p.rounded(codes, {.damping = 1e-9});
    CHECK(fixed.scales == p.scales);
    double before = 0;
    double after = 0;
    for (std::size_t o = 0; o < p.moments.outputs; ++o) {
        const double nearest = p.nearest(o, codes);
        const double found = p.error(o, fixed.codes.data() + o * depth, fixed.scales[o]);
        const double refitted = p.error(o, r.codes.data() + o * depth, r.scales[o]);
        CHECK(found <= nearest * (1 + 1e-9));
        CHECK(refitted <= found * (1 + 1e-6)); // scales are rounded to float
        before += nearest;
        after += refitted;
    }
    CHECK(after < 0.8 * before);
    for (const float q : r.codes)
        CHECK(std::find(codes.begin(), codes.end(), q) != codes.end());
}

} // namespace

TEST_CASE("round gram: never worse than the nearest codes, of any kind of codes and groups") {
    check_all_below_nearest({20, 4, 1, 1, 1}, two_bits);
    check_all_below_nearest({100, 18, 1, 3, 2}, three_bits);
    check_all_below_nearest({30, 6, 2, 3, 3}, three_bits);
    check_all_below_nearest({9, 24, 24, 3, 4}, three_bits);
    check_all_below_nearest({30, 6, 1, 10, 5}, sums_of_powers);
    check_all_below_nearest({70, 4, 1, 2, 6}, signs);
}

TEST_CASE("round gram: small problems end at their least error, or near it") {
    std::size_t reached = 0;
    const std::size_t all = 200;
    for (std::uint64_t seed = 0; seed < all; ++seed) {
        const problem p(4, 1, 1, 1, seed);
        const double least = p.least(0, two_bits);
        const double found = p.error(0, p.rounded(two_bits, exact).codes.data(), p.scales[0]);
        CHECK(found >= least * (1 - 1e-9));
        CHECK(found <= p.nearest(0, two_bits) * (1 + 1e-9));
        reached += found <= least * (1 + 1e-9) + 1e-12;
    }
    CHECK(reached >= all * 9 / 10);
}

TEST_CASE("round gram: no single code could move to gain anything") {
    const problem p(40, 3, 1, 3, 9);
    auto r = p.rounded(three_bits, exact);
    for (std::size_t o = 0; o < 3; ++o) {
        float* codes = r.codes.data() + o * 40;
        const double found = p.error(o, codes, r.scales[o]);
        for (std::size_t d = 0; d < 40; ++d) {
            const float was = codes[d];
            for (const float other : three_bits) {
                codes[d] = other;
                CHECK(p.error(o, codes, r.scales[o]) >= found * (1 - 1e-6));
            }
            codes[d] = was;
        }
    }
}

TEST_CASE("round gram: weights that were pruned stay zero where there is such a code") {
    problem p(24, 4, 1, 3, 10);
    for (std::size_t i = 0; i < p.weights.size(); i += 2)
        p.weights[i] = 0.f;
    const auto r = p.rounded(three_bits, {});
    std::size_t others = 0;
    for (std::size_t i = 0; i < r.codes.size(); ++i) {
        if (i % 2 == 0)
            CHECK(r.codes[i] == 0.f);
        else
            others += r.codes[i] != 0.f;
    }
    CHECK(others > 12);
    for (const float q : p.rounded(signs, {}).codes)
        CHECK(std::fabs(q) == 1.f);
}

TEST_CASE("round gram: one scale for all outputs stays one, and is the best for all") {
    problem p(30, 5, 1, 3, 11);
    p.scales = {0.5f};
    const auto r = p.rounded(three_bits, {.damping = 1e-9});
    REQUIRE(r.scales.size() == 1);
    const auto total = [&](float scale) {
        double sum = 0;
        for (std::size_t o = 0; o < 5; ++o)
            sum += p.error(o, r.codes.data() + o * 30, scale);
        return sum;
    };
    double nearest = 0;
    for (std::size_t o = 0; o < 5; ++o)
        nearest += p.nearest(o, three_bits);
    CHECK(total(r.scales[0]) < 0.5 * nearest);
    CHECK(total(r.scales[0]) < total(0.8f * r.scales[0]));
    CHECK(total(r.scales[0]) < total(1.2f * r.scales[0]));
}

TEST_CASE("round gram: scales stay above what the bias allows") {
    const problem p(10, 2, 1, 3, 12);
    const auto r = round_gram({.moments = p.moments,
                               .weights = p.weights,
                               .codes = three_bits,
                               .scales = p.scales,
                               .least_scale = 0.3f},
                              {});
    REQUIRE(r);
    for (const float s : r->scales)
        CHECK(s >= 0.3f);
}

TEST_CASE("round gram: what has no inverse is not rounded") {
    problem p(4, 2, 1, 3, 13);
    const auto rounds = [&] {
        return round_gram(
                   {.moments = p.moments, .weights = p.weights, .codes = three_bits, .scales = p.scales}, {})
            .has_value();
    };
    CHECK(rounds());
    p.moments.inputs[5] = std::nan("");
    CHECK(!rounds());
    p.moments.inputs.assign(16, 0.);
    CHECK(!rounds());
}

#ifdef _OPENMP
TEST_CASE("round gram: the same bits for any number of threads") {
    const problem p(90, 70, 2, 3, 14);
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const auto one = p.rounded(three_bits, {});
    omp_set_num_threads(3);
    const auto three = p.rounded(three_bits, {});
    omp_set_num_threads(threads);
    CHECK(one.codes == three.codes);
    CHECK(one.scales == three.scales);
}
#endif
