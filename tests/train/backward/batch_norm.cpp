// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>
#include <pith/train/backward/batch_norm.hpp>

#include "../layer_check.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;
using tests::random_tensor;

std::vector<value_id> norm_inputs(tests::net& n, value_id x, random_bits& bits) {
    const std::int64_t c = n[x].dims.back();
    return {x, n.constant(random_tensor({c}, bits, 0.5, 1.5)), n.constant(random_tensor({c}, bits)),
            n.constant(random_tensor({c}, bits)), n.constant(random_tensor({c}, bits, 0.5, 2))};
}

/// batch_norm of x, maybe + a convolution of x, maybe rectified.
result<graph<double>> chain(bool add, bool rectify) {
    random_bits bits(4);
    tests::net n;
    const auto x = n.input({3, 4, 4, 5});
    auto y = n.add_node(batch_norm{}, norm_inputs(n, x, bits));
    if (add)
        y = n.add_node(binary{},
                       {n.add_node(conv2d{}, {x, n.constant(random_tensor({5, 1, 1, 5}, bits))}), y});
    if (rectify)
        y = n.add_node(unary{.op = unary_op::relu}, {y});
    return std::move(n).finish({y});
}

} // namespace

TEST_CASE("batch_norm: gradients with the batch's statistics and with the running ones, fused and not") {
    for (const bool add : {false, true})
        for (const bool rectify : {false, true})
            for (const bool training : {false, true})
                for (const bool fuse : {false, true})
                    CHECK(tests::error_of(chain(add, rectify),
                                          {.training = training, .fuse = fuse, .step = 2e-5}) < 1e-7);
}

TEST_CASE("batch_norm: two normalised terms of one addition, and a residual that is the input") {
    random_bits bits(5);
    tests::net n;
    const auto x = n.input({3, 2, 3, 4});
    const auto a = n.add_node(batch_norm{}, norm_inputs(n, x, bits));
    const auto w = n.constant(random_tensor({4, 1, 1, 4}, bits));
    const auto b = n.add_node(batch_norm{}, norm_inputs(n, n.add_node(conv2d{}, {x, w}), bits));
    const auto sum = n.add_node(unary{.op = unary_op::relu}, {n.add_node(binary{}, {a, b})});
    const auto c = n.add_node(batch_norm{}, norm_inputs(n, sum, bits));
    CHECK(tests::error_of(std::move(n).finish({n.add_node(binary{}, {c, sum})}), {.step = 2e-5}) < 1e-7);
}

TEST_CASE(
    "batch_norm: outputs of a training step have mean beta and deviation gamma; running averages follow") {
    tests::net n;
    random_bits bits(6);
    const auto x = n.input({8, 3, 3, 2});
    const auto one = [&](double v) { return n.constant(tensor<double>({2}, v)); };
    const auto y = n.add_node(batch_norm{.epsilon = 0}, {x, one(2), one(-1), one(100), one(1)});
    auto tape = *train::tape<double>::make(*std::move(n).finish({y}), {.batch = 8});
    double mean = 0;
    double variance = 0;
    for (auto& e : tape.input())
        e = 100 + 3 * tests::random_reals(1, bits)[0];
    for (std::size_t i = 0; i < 144; i += 2)
        mean += tape.input()[i] / 72;
    for (std::size_t i = 0; i < 144; i += 2)
        variance += (tape.input()[i] - mean) * (tape.input()[i] - mean) / 71;
    REQUIRE(tape.forward());
    double out_mean = 0;
    double out_variance = 0;
    for (std::size_t i = 0; i < 144; i += 2)
        out_mean += tape.output()[i] / 72;
    for (std::size_t i = 0; i < 144; i += 2)
        out_variance += (tape.output()[i] - out_mean) * (tape.output()[i] - out_mean) / 72;
    CHECK(out_mean == doctest::Approx(-1));
    CHECK(out_variance == doctest::Approx(4));
    const auto trained = tape.network();
    CHECK((*trained.values[3].reals())[0] == doctest::Approx(0.9 * 100 + 0.1 * mean));
    CHECK((*trained.values[4].reals())[0] == doctest::Approx(0.9 * 1 + 0.1 * variance));
}

TEST_CASE("batch_norm: float statistics of a far-away mean keep their digits") {
    graph_builder<float> n;
    random_bits bits(7);
    const auto x = n.input({64, 16, 16, 1});
    const auto one = [&](float v) { return n.constant(tensor<float>({1}, v)); };
    const auto y = n.add_node(batch_norm{}, {x, one(1), one(0), one(1000), one(1)});
    auto tape = *train::tape<float>::make(*std::move(n).finish({y}), {.batch = 64, .norm_momentum = 1});
    double sum = 0;
    double squares = 0;
    for (auto& e : tape.input()) {
        e = 1000.f + bits.unit();
        sum += static_cast<double>(e) - 1000;
        squares += (static_cast<double>(e) - 1000) * (static_cast<double>(e) - 1000);
    }
    const double count = static_cast<double>(tape.input().size());
    REQUIRE(tape.forward());
    const double variance = (squares - sum * sum / count) / (count - 1);
    CHECK((*tape.network().values[4].reals())[0] == doctest::Approx(variance).epsilon(1e-5));
}
