// SPDX-License-Identifier: MIT
#include "pith/quantize/equalize.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "net.hpp"

using namespace pith;

namespace {

double greatest_difference(const graph<float>& a, const graph<float>& b) {
    double most = 0;
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        const auto x = evaluate(a, test::sample(a, seed));
        const auto y = evaluate(b, test::sample(b, seed));
        REQUIRE(x);
        REQUIRE(y);
        const auto& p = std::get<0>((*x)[0]);
        const auto& q = std::get<0>((*y)[0]);
        for (std::size_t i = 0; i < p.size(); ++i)
            most = std::max(most, std::fabs(static_cast<double>(p[i]) - static_cast<double>(q[i])) /
                                      std::max(1., std::fabs(static_cast<double>(p[i]))));
    }
    return most;
}

/// Weights and biases of output channels times 0.01 to 100: what equalisation should find.
void spread_channels(graph<float>& g, const std::string& node, std::uint64_t seed) {
    random_bits bits(seed);
    for (const auto& n : g.nodes) {
        if (n.name != node)
            continue;
        auto& w = *g[n.inputs[1]].reals();
        auto& b = *g[n.inputs[2]].reals();
        for (std::size_t c = 0; c < b.size(); ++c) {
            const float factor = std::pow(10.f, 4.f * bits.unit() - 2.f);
            b[c] *= factor;
            for (std::size_t i = 0; i < w.size() / b.size(); ++i)
                w[c * (w.size() / b.size()) + i] *= factor;
        }
    }
}

float range_made(const graph<float>& g, std::size_t node, std::size_t c) {
    const auto& w = *g[g.nodes[node].inputs[1]].reals();
    const std::size_t slice = w.size() / static_cast<std::size_t>(w.dims()[0]);
    float most = 0;
    for (std::size_t i = c * slice; i < (c + 1) * slice; ++i)
        most = std::max(most, std::fabs(w[i]));
    return most;
}

/// Of a convolution without groups.
float range_read(const graph<float>& g, std::size_t node, std::size_t c) {
    const auto& w = *g[g.nodes[node].inputs[1]].reals();
    const auto channels = static_cast<std::size_t>(w.dims()[3]);
    float most = 0;
    for (std::size_t i = c; i < w.size(); i += channels)
        most = std::max(most, std::fabs(w[i]));
    return most;
}

value_id depthwise(test::net& n, const std::string& name, value_id x) {
    const auto channels = n.g[x].dims[3];
    const auto w = n.constant(test::random_tensor({channels, 3, 3, 1}, ++n.seed));
    const auto b = n.constant(test::random_tensor({channels}, ++n.seed));
    return n.add(name, conv2d{.pads = {1, 1, 1, 1}, .groups = static_cast<std::uint32_t>(channels)},
                 {x, w, b});
}

} // namespace

TEST_CASE("equalize: both sides of a pair get one range, and the function stays") {
    test::net n;
    const auto x = n.input({1, 6, 6, 3});
    const auto a = n.relu("relu", n.conv("first", x, 8));
    const auto pooled = n.add("pool", pool2d{.kernel = {2, 2}, .strides = {2, 2}}, {a});
    auto g = n.finish(n.conv("second", pooled, 5));
    spread_channels(g, "first", 7);
    const auto pairs = quantize::find_equalized_pairs(g);
    REQUIRE(pairs.size() == 1);
    CHECK(pairs[0].between.size() == 3);
    const auto e = quantize::equalize{}(g);
    REQUIRE(e);
    for (std::size_t c = 0; c < 8; ++c)
        CHECK(range_made(*e, 0, c) == doctest::Approx(range_read(*e, 3, c)).epsilon(1e-5));
    CHECK(greatest_difference(g, *e) < 1e-5);
}

TEST_CASE("equalize: chains through depthwise layers settle on one range everywhere") {
    test::net n;
    const auto x = n.input({1, 6, 6, 3});
    const auto a = n.relu("relu1", n.conv("first", x, 6, 1));
    const auto b = n.relu("relu2", depthwise(n, "depthwise", a));
    auto g = n.finish(n.conv("last", b, 4, 1));
    spread_channels(g, "first", 3);
    spread_channels(g, "depthwise", 4);
    const auto e = quantize::equalize{.rounds = 100}(g);
    REQUIRE(e);
    CHECK(quantize::find_equalized_pairs(g).size() == 2);
    for (std::size_t c = 0; c < 6; ++c) {
        CHECK(range_made(*e, 0, c) == doctest::Approx(range_made(*e, 2, c)).epsilon(1e-3));
        CHECK(range_made(*e, 2, c) == doctest::Approx(range_read(*e, 4, c)).epsilon(1e-3));
    }
    CHECK(greatest_difference(g, *e) < 1e-5);
}

TEST_CASE("equalize: grouped convolutions and dense layers") {
    test::net n;
    const auto x = n.input({1, 5, 5, 4});
    const auto a = n.relu("relu", n.conv("first", x, 6));
    const auto w = n.constant(test::random_tensor({4, 3, 3, 3}, 1));
    auto g = n.finish(n.add("grouped", conv2d{.groups = 2}, {a, w}));
    spread_channels(g, "first", 3);
    CHECK(quantize::find_equalized_pairs(g).size() == 1);
    const auto e = quantize::equalize{}(g);
    REQUIRE(e);
    CHECK_FALSE(*(*e)[w].reals() == *g[w].reals());
    CHECK(greatest_difference(g, *e) < 1e-5);

    test::net d;
    const auto y = d.input({2, 7});
    auto mlp = d.finish(d.dense_layer("b", d.relu("r", d.dense_layer("a", y, 9)), 3));
    spread_channels(mlp, "a", 5);
    CHECK(quantize::find_equalized_pairs(mlp).size() == 1);
    CHECK(greatest_difference(mlp, *quantize::equalize{}(mlp)) < 1e-5);
}

TEST_CASE("equalize: sums, clips, shared weights and annotated weights end a chain") {
    const auto residual = test::residual_net();
    CHECK(quantize::find_equalized_pairs(residual).empty());

    const auto with = [](const layer_list::any& between) {
        test::net n;
        const auto x = n.input({1, 6, 6, 3});
        const auto a = n.add("between", between, {n.conv("first", x, 4)});
        return n.finish(n.conv("second", a, 2));
    };
    CHECK(quantize::find_equalized_pairs(with(unary{.op = unary_op::relu})).size() == 1);
    CHECK(quantize::find_equalized_pairs(with(unary{.op = unary_op::leaky_relu, .alpha = 0.1})).size() == 1);
    CHECK(quantize::find_equalized_pairs(with(unary{.op = unary_op::clip, .beta = 6})).empty());
    CHECK(quantize::find_equalized_pairs(with(unary{.op = unary_op::sigmoid})).empty());

    auto annotated = with(unary{.op = unary_op::relu});
    annotated[annotated.nodes[2].inputs[1]].encoded = encoding::per_tensor({});
    CHECK(quantize::find_equalized_pairs(annotated).empty());
    auto shared = with(unary{.op = unary_op::relu});
    shared.outputs.push_back(shared.nodes[0].inputs[1]);
    CHECK(quantize::find_equalized_pairs(shared).empty());
}

TEST_CASE("equalize: tells the factors, and leaves dead channels alone") {
    test::net n;
    const auto x = n.input({1, 4, 4, 2});
    auto g = n.finish(n.conv("second", n.relu("relu", n.conv("first", x, 3)), 2));
    auto& w = *g[g.nodes[0].inputs[1]].reals();
    std::fill_n(w.data().begin(), w.size() / 3, 0.f);
    std::map<value_id, std::vector<double>> factors;
    const auto e = quantize::equalize{}(g, [&](value_id id, std::size_t c, double factor) {
        auto& of = factors[id];
        of.resize(3, 1.);
        of[c] *= factor;
    });
    REQUIRE(e);
    CHECK(factors.size() == 2);
    for (const auto& [id, of] : factors) {
        CHECK(of[0] == 1.);
        for (std::size_t c = 1; c < 3; ++c)
            CHECK(of[c] * static_cast<double>(range_made(g, 0, c)) ==
                  doctest::Approx(static_cast<double>(range_made(*e, 0, c))));
    }
    CHECK(greatest_difference(g, *e) < 1e-5);
    CHECK(quantize::equalize{.most_factor = 0.5}(g).error().code == errc::bad_option);
}
