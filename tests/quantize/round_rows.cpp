// SPDX-License-Identifier: MIT
#include "pith/quantize/round_rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace pith;
using namespace pith::quantize;

namespace {

/// Inputs that hang together (a few causes, many effects), as those of real layers do.
struct problem {
    std::size_t rows = 400;
    std::size_t depth = 24;
    std::size_t outputs = 3;
    std::vector<float> in, target, weights, scales, bias;

    explicit problem(std::uint64_t seed) {
        random_bits bits(seed);
        const auto fill = [&](std::vector<float>& v, std::size_t n, float low, float high) {
            v.resize(n);
            for (auto& x : v)
                x = low + (high - low) * bits.unit();
        };
        constexpr std::size_t causes = 4;
        std::vector<float> mix;
        std::vector<float> cause;
        fill(mix, causes * depth, 0.f, 1.f);
        fill(in, rows * depth, -0.05f, 0.05f);
        for (std::size_t r = 0; r < rows; ++r) {
            fill(cause, causes, 0.f, 1.f);
            for (std::size_t d = 0; d < depth; ++d)
                for (std::size_t c = 0; c < causes; ++c)
                    in[r * depth + d] += cause[c] * mix[c * depth + d];
        }
        fill(weights, outputs * depth, -1.f, 1.f);
        fill(bias, outputs, -0.5f, 0.5f);
        scales = {1.f / 7.f, 1.f / 7.f, 0.1f}; // the last one clips
        const std::vector<float> exact = weights;
        target = products(exact);
    }
    [[nodiscard]] std::vector<float> products(const std::vector<float>& w) const {
        std::vector<float> y(rows * outputs);
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t o = 0; o < outputs; ++o) {
                y[r * outputs + o] = bias[o];
                for (std::size_t d = 0; d < depth; ++d)
                    y[r * outputs + o] += in[r * depth + d] * w[o * depth + d];
            }
        return y;
    }
    [[nodiscard]] rounding_task task() const {
        return {.rows = rows,
                .depth = depth,
                .outputs = outputs,
                .in = in.data(),
                .target = target.data(),
                .target_stride = outputs,
                .weights = weights.data(),
                .scales = scales.data(),
                .bias = bias.data()};
    }
    [[nodiscard]] std::vector<float> nearest() const {
        std::vector<float> codes(weights.size());
        for (std::size_t i = 0; i < codes.size(); ++i)
            codes[i] = std::clamp(std::nearbyint(weights[i] / scales[i / depth]), -7.f, 7.f);
        return codes;
    }
    [[nodiscard]] double error(const std::vector<float>& codes, std::size_t output, float low = -1e9f) const {
        std::vector<float> w(codes.size());
        for (std::size_t i = 0; i < w.size(); ++i)
            w[i] = codes[i] * scales[i / depth];
        const auto y = products(w);
        double sum = 0;
        for (std::size_t r = 0; r < rows; ++r) {
            const std::size_t at = r * outputs + output;
            const double e = static_cast<double>(std::max(y[at], low) - std::max(target[at], low));
            sum += e * e;
        }
        return sum;
    }
};

} // namespace

TEST_CASE("round rows: products change far less than by rounding to nearest") {
    const problem p(1);
    const rounding_options options{.steps = 1500, .decision = 0.001f};
    const auto codes = round_rows(p.task(), options, 5);
    const auto nearest = p.nearest();
    double after = 0;
    double before = 0;
    for (std::size_t o = 0; o < p.outputs; ++o) {
        CAPTURE(o);
        CHECK(p.error(codes, o) <= p.error(nearest, o));
        after += p.error(codes, o);
        before += p.error(nearest, o);
    }
    CHECK(p.error(codes, 0) < 0.3 * p.error(nearest, 0));
    CHECK(after < 0.7 * before);
    CHECK(codes == round_rows(p.task(), options, 5));
}

TEST_CASE("round rows: every code is the floor or the one above, in range") {
    const problem p(2);
    const auto codes = round_rows(p.task(), {.steps = 300}, 1);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const float floor = std::floor(p.weights[i] / p.scales[i / p.depth]);
        CHECK(codes[i] >= -7.f);
        CHECK(codes[i] <= 7.f);
        CHECK((codes[i] == std::clamp(floor, -7.f, 7.f) || codes[i] == std::clamp(floor + 1.f, -7.f, 7.f)));
    }
}

TEST_CASE("round rows: what a relu cuts off costs nothing") {
    double nearest = 0;
    double seeing = 0;
    for (std::uint64_t seed = 10; seed < 16; ++seed) {
        problem p(seed);
        for (std::size_t o = 0; o < p.outputs; ++o) { // half of every output is cut off
            double mean = 0;
            for (std::size_t r = 0; r < p.rows; ++r)
                mean += static_cast<double>(p.target[r * p.outputs + o]) / static_cast<double>(p.rows);
            p.bias[o] -= static_cast<float>(mean);
        }
        p.target = p.products(p.weights);
        const rounding_options options{.steps = 1500, .decision = 0.001f};
        auto task = p.task();
        task.low = 0.f;
        const auto with = round_rows(task, options, 5);
        for (std::size_t o = 0; o < p.outputs; ++o) {
            CHECK(p.error(with, o, 0.f) <= p.error(p.nearest(), o, 0.f));
            nearest += p.error(p.nearest(), o, 0.f);
            seeing += p.error(with, o, 0.f);
        }
    }
    CHECK(seeing < 0.5 * nearest);
    problem dead(4);
    for (auto& b : dead.bias)
        b -= 1000.f;
    dead.target = dead.products(dead.weights);
    auto task = dead.task();
    task.low = 0.f;
    CHECK(round_rows(task, {.steps = 100}, 1) == dead.nearest());
}

TEST_CASE("round rows: weights that are codes stay, and no rows give the nearest") {
    problem p(4);
    p.weights = p.nearest();
    for (std::size_t i = 0; i < p.weights.size(); ++i)
        p.weights[i] *= p.scales[i / p.depth];
    p.target = p.products(p.weights);
    CHECK(round_rows(p.task(), {.steps = 200}, 1) == p.nearest());
    const problem q(5);
    auto task = q.task();
    task.rows = 0;
    CHECK(round_rows(task, {.steps = 50}, 1) == q.nearest());
}
