// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/apot.hpp>

#include <span>
#include <vector>

#include "quantize/training_check.hpp"

using namespace pith;
using namespace pith::tests;
using quantize::apot_activations;
using quantize::apot_weights;
using quantize::level_list;

namespace {

const std::vector<level_list> grids{
    {0, 1},
    {0, 1, 2, 4},
    {0, 1, 2, 3, 4, 6, 8, 10},
    {0, 1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 33, 36, 48},
    {0,  1,  2,  3,  4,  5,  6,  7,  8,  10, 12, 14, 16, 17, 20, 21,
     24, 28, 32, 34, 36, 38, 48, 52, 64, 65, 68, 69, 72, 76, 96, 100},
};

/// The paper's levels: every sum of one term of each set, over the greatest sum.
std::vector<double> sums_of_powers(const std::vector<std::vector<double>>& sets) {
    std::vector<double> out{0};
    for (const auto& set : sets) {
        std::vector<double> next;
        for (const double a : out)
            for (const double b : set)
                next.push_back(a + b);
        out = next;
    }
    std::sort(out.begin(), out.end());
    const double most = out.back();
    for (double& v : out)
        v /= most;
    return out;
}

} // namespace

TEST_CASE("apot: the exact integer grids") {
    for (std::uint8_t bits = 1; bits <= 5; ++bits) {
        const auto grid = quantize::make_apot_grid(bits);
        const level_list& expected = grids[bits - 1u];
        CHECK(level_list(grid.numerators.begin(), grid.numerators.begin() + grid.size) == expected);
        CHECK(grid.denominator() == expected.back());
        if (bits >= 2)
            CHECK(apot_activations{.bits = bits}.levels(std::span<const float>{}) == expected);
        const auto both =
            apot_weights{.bits = static_cast<std::uint8_t>(bits + 1)}.levels(std::span<const float>{});
        CHECK(both.size() == 2 * expected.size() - 1);
        for (std::size_t i = 0; i < both.size(); ++i)
            CHECK(both[i] == -both[both.size() - 1 - i]);
        CHECK(std::equal(expected.begin(), expected.end(), both.end() - static_cast<int>(expected.size())));
        CHECK(quantize::index_bits(both) == bits + 1);
    }
}

TEST_CASE("apot: the grids are the paper's sums of powers of two") {
    const auto two = [](std::vector<int> exponents) {
        std::vector<double> out{0};
        for (const int e : exponents)
            out.push_back(std::ldexp(1.0, -e));
        return out;
    };
    const std::vector<std::vector<double>> expected{
        sums_of_powers({two({0, 1, 2})}),
        sums_of_powers({two({0, 1, 3}), two({2})}),
        sums_of_powers({two({0, 2, 4}), two({1, 3, 5})}),
        sums_of_powers({two({0, 2, 5}), two({1, 3, 6}), two({4})}),
    };
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto grid = quantize::make_apot_grid(static_cast<unsigned>(i + 2));
        REQUIRE(grid.size == expected[i].size());
        for (std::size_t j = 0; j < grid.size; ++j)
            CHECK(static_cast<double>(grid.numerators[j]) / grid.denominator() ==
                  doctest::Approx(expected[i][j]).epsilon(1e-15));
    }
}

TEST_CASE("apot: codes, scales and bits of every width") {
    for (std::uint8_t bits = 2; bits <= 6; ++bits)
        check_quantizer(apot_weights{.bits = bits}, bell(40001, 0.05f), -100, 100);
    for (std::uint8_t bits = 2; bits <= 5; ++bits)
        check_quantizer(apot_activations{.bits = bits}, bell(40001, 2.f, true), 0, 100);
}

TEST_CASE("apot: activations go to the nearest level, ties to the lower one") {
    for (std::uint8_t bits = 2; bits <= 5; ++bits) {
        const apot_activations q{.bits = bits};
        const auto levels = q.levels(std::span<const double>{});
        const double clip = q.grid().denominator() * 0.25; // the scale is 1/4, exactly
        std::vector<double> x{-3, -0.0, 1e9};
        for (int i = 0; i <= 8 * levels.back() + 40; ++i)
            x.push_back(i / 32.0); // every quarter of a level: all ties are among them
        const auto f = forward<double>(q, x, {clip});
        CHECK(f.scale == 0.25);
        for (std::size_t i = 0; i < x.size(); ++i)
            REQUIRE(static_cast<int>(f.codes[i]) == nearest_level(levels, x[i], 0.25));
    }
}

TEST_CASE("apot: weights are normalised, projected with their sign, and keep their size") {
    for (std::uint8_t bits = 2; bits <= 6; ++bits) {
        const apot_weights q{.bits = bits};
        auto x = to_double(bell(4000, 0.05f));
        for (double& v : x)
            v += 0.01;
        double mean = 0, squares = 0;
        for (const double v : x)
            mean += v / 4000;
        for (const double v : x)
            squares += (v - mean) * (v - mean);
        const double deviation = std::sqrt(squares / 3999) + 1e-5;
        const auto f = forward<double>(q, x, {2.5});
        CHECK(f.scale == doctest::Approx(2.5 / q.grid().denominator() * deviation).epsilon(1e-12));
        const auto plain = forward<double>(apot_weights{.bits = bits, .rescale = false}, x, {2.5});
        CHECK(plain.scale == doctest::Approx(2.5 / q.grid().denominator()).epsilon(1e-12));
        CHECK(plain.codes == f.codes);
        const auto levels = q.levels(std::span<const double>{});
        for (std::size_t i = 0; i < x.size(); ++i)
            REQUIRE(static_cast<int>(f.codes[i]) == nearest_level(levels, x[i] - mean, f.scale));
    }
}

TEST_CASE("apot: ties of weights go to the lower magnitude on both sides") {
    const std::vector<double> x{-9, -3, -2.75, -1.5, -0.5, -0.25, 0.5, 0.75, 1.5, 3, 3.25};
    std::vector<double> codes(x.size());
    quantize::detail::apot_lookup<double>(quantize::make_apot_grid(2))

        .project<true>(std::span<const double>(x), 0.0, 0.5, std::span<double>(codes));
    CHECK(codes == std::vector<double>{-4, -2, -2, -1, 0, 0, 0, 1, 1, 2, 4});
}

TEST_CASE("apot: gradients of activations and their clip with the rounding frozen") {
    for (std::uint8_t bits = 2; bits <= 5; ++bits) {
        const apot_activations q{.bits = bits};
        auto x = to_double(bell(300, 1.f));
        const auto f = forward<double>(q, x, {1.1});
        const auto errors = check_gradients(q, x, f, [&](std::size_t i, double v, const auto& p) {
            if (x[i] <= 0)
                return 0.0;
            const double frozen = f.codes[i] / q.grid().denominator() - x[i] / 1.1;
            return x[i] > 1.1 ? p[0] : p[0] * (v / p[0] + frozen);
        });
        CHECK(errors.x < 1e-6);
        CHECK(errors.p < 1e-6);
    }
}

TEST_CASE("apot: gradients of weights and their clip with rounding and normalisation frozen") {
    for (const bool rescale : {true, false})
        for (const bool pass_clipped : {true, false}) {
            const apot_weights q{.bits = 4, .rescale = rescale, .pass_clipped = pass_clipped};
            const auto x = to_double(bell(300, 0.1f));
            const auto m = quantize::moments_of<double>(x);
            const double deviation = m.deviation + 1e-5;
            const double clip = 1.2;
            const auto f = forward<double>(q, x, {clip});
            const auto errors = check_gradients(q, x, f, [&](std::size_t i, double v, const auto& p) {
                const double w = (v - m.mean) / deviation;
                const double w0 = (x[i] - m.mean) / deviation;
                const double frozen = f.codes[i] / q.grid().denominator();
                const double clipped = std::copysign(p[0], w0) + (pass_clipped ? w - w0 : 0.0);
                const double out = std::fabs(w0) > clip ? clipped : w + p[0] * (frozen - w0 / clip);
                return rescale ? out * deviation : out;
            });
            CHECK(errors.x < 1e-6);
            CHECK(errors.p < 1e-6);
        }
}

TEST_CASE("apot: clips begin at least error or where they are told, and stay positive") {
    const auto x = bell(20000, 0.05f);
    CHECK(fit_forward<float>(apot_weights{.start = 3}, x).p[0] == 3.f);
    const float fitted = fit_forward<float>(apot_weights{}, x).p[0];
    CHECK(fitted > 1.5f);
    CHECK(fitted < 4.f);
    // Fewer levels clip earlier.
    CHECK(fit_forward<float>(apot_weights{.bits = 2}, x).p[0] < fitted);
    const auto a = bell(20000, 2.f, true);
    CHECK(fit_forward<float>(apot_activations{.start = 8}, a).p[0] == 8.f);
    CHECK(fit_forward<float>(apot_activations{.bits = 2}, a).p[0] <
          fit_forward<float>(apot_activations{.bits = 5}, a).p[0]);
    CHECK(fit_forward<float>(apot_activations{}, std::vector<float>(9, 0.f)).p[0] == 1.f);
    CHECK(fit_forward<float>(apot_weights{}, std::vector<float>(9, 0.25f)).scale > 0.f);
    CHECK(fit_forward<float>(apot_weights{}, std::vector<float>(1, 0.25f)).scale > 0.f);
    std::vector<float> p{-1.f};
    apot_weights{}.after_update(std::span<float>{}, std::span<float>(p));
    CHECK(p[0] == 1e-3f);
    p[0] = -1.f;
    apot_activations{}.after_update(std::span<float>{}, std::span<float>(p));
    CHECK(p[0] == 1e-3f);
    CHECK(forward<float>(apot_activations{}, {1.f, 2.f}, {-4.f}).scale > 0.f);
}

TEST_CASE("apot: gradients of activations at zero and at the clip") {
    const apot_activations q{.bits = 2}; // 0 1 2 4
    const std::vector<double> x{-1, 0, 0.75, 1.75, 2, 2.25};
    const auto f = forward<double>(q, x, {2.0});
    CHECK(f.codes == std::vector<double>{0, 0, 1, 4, 4, 4});
    const auto b = backward<double>(q, x, f, {1, 2, 4, 8, 16, 32});
    CHECK(b.x == std::vector<double>{0, 0, 4, 8, 16, 0});
    CHECK(b.p[0] == 4 * (0.25 - 0.375) + 8 * (1 - 0.875) + 32);
}
