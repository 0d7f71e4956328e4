// SPDX-License-Identifier: MIT
#include "pith/quantize/correct_bias.hpp"

#include <algorithm>
#include <cmath>

#include "net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::quantize;

namespace {

/// conv (padded, strided) relu, depthwise, conv without bias, global mean, dense.
graph<float> mixed_net() {
    test::net n;
    const auto x = n.input({1, 8, 8, 3});
    const auto a = n.relu("relu1", n.conv("conv1", x, 6));
    const auto w = n.constant(test::random_tensor({6, 3, 3, 1}, 21));
    const auto b = n.constant(test::random_tensor({6}, 22));
    const auto d = n.relu(
        "relu2", n.add("depthwise", conv2d{.strides = {2, 2}, .pads = {1, 1, 0, 0}, .groups = 6}, {a, w, b}));
    const auto c = n.add("bare", conv2d{}, {d, n.constant(test::random_tensor({5, 1, 1, 6}, 23))});
    const auto mean = n.add("mean", pool2d{.op = pool_op::average, .global = true}, {n.relu("relu3", c)});
    return n.finish(n.dense_layer("dense", n.add("flat", reshape{{0, -1}}, {mean}), 4));
}

/// The mean error of every output channel of the layer's simulated values.
double mean_output_error(const graph<float>& q, const graph<float>& real) {
    std::vector<double> sums(4);
    constexpr std::uint64_t count = 64;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto x = test::sample(real, 1000 + i);
        const auto a = simulate(q, x);
        const auto b = evaluate(real, x);
        REQUIRE(a);
        REQUIRE(b);
        for (std::size_t k = 0; k < sums.size(); ++k)
            sums[k] += static_cast<double>(std::get<0>((*a)[0])[k] - std::get<0>((*b)[0])[k]);
    }
    double most = 0;
    for (const double s : sums)
        most = std::max(most, std::fabs(s) / static_cast<double>(count));
    return most;
}

} // namespace

TEST_CASE("correct bias: the means of the outputs are those of the float network") {
    const auto g = mixed_net();
    const auto q = post_training{.calibration = test::samples_for(g),
                                 .samples = 16,
                                 .weights = {.bits = 3},
                                 .first_last_bits = 0,
                                 .outputs = false}(g);
    REQUIRE(q);
    const correct_bias correct{.calibration = test::samples_for(g), .samples = 64, .rows = 100000};
    const auto c = correct(*q);
    REQUIRE(c);
    const auto& last = q->nodes.back();
    const auto scales = weight_scales((*q)[last.inputs[1]]);
    const double step = static_cast<double>((*q)[last.inputs[0]].encoded.scales[0] *
                                            *std::max_element(scales.begin(), scales.end()));
    CHECK(mean_output_error(*q, g) > 0.01);
    CHECK(mean_output_error(*c, g) < 0.51 * step); // biases are whole multiples of it
    for (const auto& n : c->nodes)
        if (n.name == "bare") {
            REQUIRE(n.inputs.size() == 3);
            CHECK((*c)[n.inputs[2]].dims == shape{5});
        }
}

TEST_CASE("correct bias: fewer rows come near, against a reference of its own") {
    const auto g = mixed_net();
    auto q = post_training{.calibration = test::samples_for(g),
                           .samples = 16,
                           .weights = {.bits = 3},
                           .first_last_bits = 0,
                           .outputs = false}(g);
    REQUIRE(q);
    const double before = mean_output_error(*q, g);
    for (auto& v : q->values)
        if (v.is_coded() && v.is_constant())
            v.constant = round_to_codes(v); // masters that know nothing of the float network
    const correct_bias correct{.calibration = test::samples_for(g), .samples = 64, .rows = 1024};
    const auto blind = correct(*q);
    const auto seeing = correct(*q, g);
    REQUIRE(blind);
    REQUIRE(seeing);
    CHECK(mean_output_error(*seeing, g) < 0.3 * before);
    CHECK(mean_output_error(*blind, g) > 0.5 * before);
}

TEST_CASE("correct bias: scales too, and codes stay") {
    const auto g = mixed_net();
    const auto q = post_training{.calibration = test::samples_for(g),
                                 .samples = 16,
                                 .weights = {.bits = 2},
                                 .first_last_bits = 0,
                                 .outputs = false}(g);
    REQUIRE(q);
    correct_bias correct{.calibration = test::samples_for(g), .samples = 64, .rows = 100000};
    correct.scales = true;
    const auto c = correct(*q);
    REQUIRE(c);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < q->values.size(); ++i) {
        const auto& before = q->values[i];
        const auto& after = c->values[i];
        if (!before.is_coded() || !before.is_constant())
            continue;
        CHECK(weight_codes(before) == weight_codes(after));
        changed += before.encoded.scales != after.encoded.scales ? 1u : 0u;
    }
    CHECK(changed == 4);
    // The first layer sees in both networks nearly the same: its outputs' variances must be the same, too.
    const auto variances = [&](const graph<float>& net, const tensor<float>& w, const tensor<float>& b) {
        std::vector<double> sums(6);
        std::vector<double> squares(6);
        double count = 0;
        for (std::uint64_t i = 0; i < 64; ++i) {
            const auto x = test::sample(net, 1000 + i);
            const auto y = convolve(std::get<conv2d>(net.nodes[0].layer), std::get<0>(x[0]), w, &b);
            for (std::size_t k = 0; k < y.size(); ++k) {
                sums[k % 6] += static_cast<double>(y[k]);
                squares[k % 6] += static_cast<double>(y[k]) * static_cast<double>(y[k]);
            }
            count += static_cast<double>(y.size()) / 6.;
        }
        for (std::size_t o = 0; o < 6; ++o)
            squares[o] = squares[o] / count - sums[o] * sums[o] / (count * count);
        return squares;
    };
    const auto& in = c->nodes[0].inputs;
    const auto wanted = variances(g, *g[in[1]].reals(), *g[in[2]].reals());
    const auto given = variances(*c, round_to_codes((*c)[in[1]]), *(*c)[in[2]].reals());
    for (std::size_t o = 0; o < 6; ++o)
        CHECK(given[o] == doctest::Approx(wanted[o]).epsilon(0.01));
}

TEST_CASE("correct bias: no rows and strange errors leave biases alone") {
    auto g = test::residual_net();
    const layer_rows none{.depth = 27, .outputs = 8};
    CHECK(quantize::detail::mean_errors(g, 0, none) == std::vector<double>(8));
    const auto before = *g[g.nodes[0].inputs[2]].reals();
    std::vector<double> errors(8, 0.);
    errors[1] = std::nan("");
    errors[2] = 0.5;
    quantize::detail::shift_bias(g, 0, errors);
    const auto& after = *g[g.nodes[0].inputs[2]].reals();
    CHECK(after[0] == before[0]);
    CHECK(after[1] == before[1]);
    CHECK(after[2] == doctest::Approx(before[2] - 0.5f));
}

TEST_CASE("correct bias: shared biases are parted, other networks refused") {
    test::net n;
    const auto x = n.input({1, 4, 4, 4});
    const auto w = [&](std::uint64_t seed) { return n.constant(test::random_tensor({4, 1, 1, 4}, seed)); };
    const auto b = n.constant(test::random_tensor({4}, 3));
    const auto first = n.relu("relu", n.add("a", conv2d{}, {x, w(1), b}));
    const auto g = n.finish(n.add("b", conv2d{}, {first, w(2), b}));
    const auto q = post_training{.calibration = test::samples_for(g), .weights = {.bits = 2}}(g);
    REQUIRE(q);
    const correct_bias correct{.calibration = test::samples_for(g), .samples = 8};
    const auto c = correct(*q);
    REQUIRE(c);
    CHECK(c->nodes[0].inputs[2] != c->nodes[2].inputs[2]);
    CHECK(correct(*q, mixed_net()).error().code == errc::bad_option);
    CHECK(correct_bias{}(*q).error().code == errc::bad_option);
    CHECK(correct_bias{.calibration = samples_from({})}(*q).error().code == errc::missing);
}
