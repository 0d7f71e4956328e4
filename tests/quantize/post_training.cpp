// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/post_training.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <pith/graph/simulate.hpp>

#include "net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using quantize::post_training;
using test::named;

namespace {

format::affine code(const graph<float>& g, const char* name) {
    REQUIRE(named(g, name).is_coded());
    return named(g, name).encoded.at(0);
}

float largest_difference(const graph<float>& g, const graph<float>& q) {
    float worst = 0.f;
    for (std::uint64_t i = 0; i < 10; ++i) {
        const auto in = test::sample(g, 5000 + i);
        const auto a = evaluate(g, in);
        const auto b = simulate(q, in);
        REQUIRE(a);
        REQUIRE(b);
        const auto& x = std::get<0>((*a)[0]);
        const auto& y = std::get<0>((*b)[0]);
        for (std::size_t k = 0; k < x.size(); ++k)
            worst = std::max(worst, std::fabs(x[k] - y[k]));
    }
    return worst;
}

} // namespace

TEST_CASE("post training: min-max codes are the ranges of the calibration stream") {
    const auto g = test::residual_net();
    const auto q = post_training{.calibration = test::samples_for(g), .samples = 20}(g);
    REQUIRE(q);
    float low = 0.f;
    float high = 0.f;
    float relu = 0.f;
    for (std::size_t i = 0; i < 20; ++i)
        REQUIRE(evaluate(g, test::sample(g, 1000 + i), [&](value_id id, const tensor<float>& t) {
            for (const float v : t.data()) {
                if (g[id].name == "dense") {
                    low = std::min(low, v);
                    high = std::max(high, v);
                } else if (g[id].name == "relu1") {
                    relu = std::max(relu, v);
                }
            }
        }));
    CHECK(same_codes(code(*q, "dense"), format::affine_from_range(low, high)));
    CHECK(same_codes(code(*q, "relu1"), format::affine_from_range(0.f, relu)));
    CHECK(same_codes(code(*q, "pool"), code(*q, "relu1")));
    CHECK(same_codes(code(*q, "softmax"), {1.f / 256.f, 0, 0, 255}));
}

TEST_CASE("post training: weights are symmetric per channel, or per tensor") {
    const auto g = test::residual_net();
    const auto q = post_training{.calibration = test::samples_for(g), .samples = 2}(g);
    const auto t = post_training{.calibration = test::samples_for(g), .samples = 2, .per_channel = false}(g);
    REQUIRE(q);
    REQUIRE(t);
    for (const auto& n : g.nodes) {
        if (!std::holds_alternative<conv2d>(n.layer) && !std::holds_alternative<dense>(n.layer))
            continue;
        const auto& w = *g[n.inputs[1]].reals();
        const auto& e = (*q)[n.inputs[1]].encoded;
        const auto out = static_cast<std::size_t>(w.dims()[0]);
        REQUIRE(e.scales.size() == out);
        CHECK(e.axis == 0);
        float whole = 0.f;
        for (std::size_t c = 0; c < out; ++c) {
            float top = 0.f;
            for (std::size_t k = 0; k < w.size() / out; ++k)
                top = std::max(top, std::fabs(w[c * w.size() / out + k]));
            CHECK(e.scales[c] == top / 127.f);
            whole = std::max(whole, top);
        }
        CHECK((*t)[n.inputs[1]].encoded.scales == std::vector<float>{whole / 127.f});
    }
}

TEST_CASE("post training: every observer stays close to the real network") {
    const auto g = test::residual_net();
    for (const auto kind : {quantize::observer::minmax, quantize::observer::percentile,
                            quantize::observer::mse, quantize::observer::entropy}) {
        const auto q = post_training{
            .calibration = test::samples_for(g), .samples = 30, .activations = {.kind = kind}}(g);
        REQUIRE(q);
        const float worst = largest_difference(g, *q);
        CAPTURE(static_cast<int>(kind));
        CAPTURE(worst);
        CHECK(worst < 0.06f);
    }
}

TEST_CASE("post training: the first and the last layer keep more bits, unless told otherwise") {
    const auto g = test::residual_net();
    const auto bits_of = [&](std::uint8_t bits, std::uint8_t first_last) {
        const auto q = post_training{.calibration = test::samples_for(g),
                                     .samples = 4,
                                     .weights = {.bits = bits},
                                     .first_last_bits = first_last}(g);
        REQUIRE(q);
        std::vector<int> all;
        for (const auto& n : q->nodes)
            if (has_weights(n.layer)) {
                const auto& e = (*q)[n.inputs[1]].encoded;
                CHECK(e.codes().highest == (1 << (e.bits() - 1)) - 1);
                CHECK(e.codes().lowest == -e.codes().highest);
                all.push_back(static_cast<int>(e.bits()));
            }
        return all;
    };
    CHECK(bits_of(4, 8) == std::vector<int>{8, 4, 8});
    CHECK(bits_of(2, 6) == std::vector<int>{6, 2, 6});
    CHECK(bits_of(4, 0) == std::vector<int>{4, 4, 4});
    CHECK(bits_of(6, 3) == std::vector<int>{6, 6, 6});
    CHECK(post_training{.calibration = test::samples_for(g), .first_last_bits = 9}(g).error().code ==
          errc::bad_option);
}

TEST_CASE("post training: two bits are worse than four, four worse than eight") {
    const auto g = test::residual_net();
    const auto with_bits = [&](std::uint8_t bits) {
        const auto q =
            post_training{.calibration = test::samples_for(g), .samples = 10, .weights = {.bits = bits}}(g);
        REQUIRE(q);
        return largest_difference(g, *q);
    };
    const float two = with_bits(2);
    const float four = with_bits(4);
    const float eight = with_bits(8);
    CHECK(two > four);
    CHECK(four > eight);
}

TEST_CASE("post training: a concatenation gets the union of its inputs' ranges") {
    test::net n;
    const auto x = n.input({1, 4, 4, 2});
    const auto a = n.relu("a", n.conv("conv1", x, 2));
    const auto b = n.conv("b", x, 3);
    auto g = n.finish(n.add("both", concat{3}, {a, b}));
    const auto q = post_training{.calibration = test::samples_for(g), .samples = 200}(g);
    REQUIRE(q);
    CHECK(same_codes(code(*q, "a"), code(*q, "both")));
    CHECK(same_codes(code(*q, "b"), code(*q, "both")));
    CHECK(code(*q, "b").zero > 0);
    CHECK(largest_difference(g, *q) < 0.05f);
}

TEST_CASE("post training: sigmoid has the code of what ends at one") {
    test::net n;
    const auto x = n.input({1, 6});
    auto g = n.finish(n.add("sigmoid", unary{.op = unary_op::sigmoid}, {n.dense_layer("dense", x, 4)}));
    const auto q = post_training{.calibration = test::samples_for(g), .samples = 200}(g);
    REQUIRE(q);
    CHECK(same_codes(code(*q, "sigmoid"), {1.f / 256.f, 0, 0, 255}));
}

TEST_CASE("post training: a bias beyond the int32 of its scales makes the scales coarser") {
    test::net n;
    const auto x = n.input({1, 2});
    const auto w = n.constant(tensor<float>(shape{2, 2}, {1e-9f, 1e-9f, 0.5f, 0.5f}));
    const auto b = n.constant(tensor<float>(shape{2}, {3.f, 3.f}));
    auto g = n.finish(n.add("dense", dense{}, {x, w, b}));
    const auto q = post_training{.calibration = test::samples_for(g), .samples = 200}(g);
    REQUIRE(q);
    const auto& e = (*q)[w].encoded;
    CHECK(e.scales[0] > 1e-9f / 127.f);
    CHECK(e.scales[1] == 0.5f / 127.f);
    CHECK(format::quantize_bias(3.f, code(*q, "input").scale, e.scales[0]) <= 1 << 30);
    CHECK(largest_difference(g, *q) < 0.05f);
}

TEST_CASE("post training: one scale for all outputs is made coarser only for the output that needs it") {
    test::net n;
    const auto w = n.constant(tensor<float>(shape{2, 2}, {1e-9f, 1e-9f, 1e-9f, 1e-9f}));
    const auto b = n.constant(tensor<float>(shape{2}, {3.f, 0.f}));
    auto g = n.finish(n.add("dense", dense{}, {n.input({1, 2}), w, b}));
    const auto q = post_training{.calibration = test::samples_for(g), .samples = 20, .per_channel = false}(g);
    REQUIRE(q);
    const auto& e = (*q)[w].encoded;
    CHECK(e.axis == 0);
    REQUIRE(e.scales.size() == 2);
    CHECK(e.scales[0] > 1e-9f / 127.f);
    CHECK(e.scales[1] == 1e-9f / 127.f);
}

TEST_CASE("post training: double graphs get the same codes") {
    const auto g = test::residual_net();
    graph<double> d;
    d.nodes = g.nodes;
    d.inputs = g.inputs;
    d.outputs = g.outputs;
    for (const auto& v : g.values) {
        value<double> to;
        to.name = v.name;
        to.dims = v.dims;
        if (const auto* reals = v.reals())
            to.constant = tensor<double>(reals->dims(), {reals->data().begin(), reals->data().end()});
        d.values.push_back(std::move(to));
    }
    const auto q = post_training{.calibration = test::samples_for(g), .samples = 3}(d);
    const auto f = post_training{.calibration = test::samples_for(g), .samples = 3}(g);
    REQUIRE(q);
    REQUIRE(f);
    for (std::size_t i = 0; i < q->values.size(); ++i) {
        const auto& a = q->values[i].encoded;
        const auto& b = f->values[i].encoded;
        REQUIRE(a.is_coded() == b.is_coded());
        if (a.is_coded())
            CHECK(a.scales[0] == doctest::Approx(b.scales[0]).epsilon(1e-5));
    }
}

TEST_CASE("post training: bad options and bad samples are refused") {
    const auto g = test::residual_net();
    const auto source = test::samples_for(g);
    CHECK(post_training{}(g).error().code == errc::bad_option);
    CHECK(post_training{.calibration = source, .samples = 0}(g).error().code == errc::bad_option);
    CHECK(post_training{.calibration = source, .weights = {.bits = 9}}(g).error().code == errc::bad_option);
    CHECK(post_training{.calibration = source, .weights = {.bits = 1}}(g).error().code == errc::bad_option);
    CHECK(post_training{.calibration = source, .weights = {.symmetric = false}}(g).error().code ==
          errc::bad_option);
    CHECK(!post_training{.calibration = source, .activations = {.percent = 0.}}(g));
    CHECK(!post_training{.calibration = source, .in_real = {"nothing"}}(g));
    CHECK(post_training{.calibration = quantize::samples_from({})}(g).error().code == errc::missing);
    CHECK(!post_training{.calibration = quantize::samples_from({any_tensors<float>{}})}(g));

    auto nan = test::sample(g, 1);
    std::get<0>(nan[0])[5] = std::numeric_limits<float>::quiet_NaN();
    const auto strange = post_training{.calibration = quantize::samples_from({nan})}(g);
    REQUIRE(!strange);
    CHECK(std::string(strange.error().where) == "input");

    auto broken = g;
    broken[broken.nodes[0].inputs[1]].reals()->data()[0] = std::numeric_limits<float>::infinity();
    CHECK(!post_training{.calibration = source, .samples = 1}(broken));
}
