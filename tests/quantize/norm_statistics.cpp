// SPDX-License-Identifier: MIT
#include "pith/quantize/norm_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <pith/graph/passes/simplify.hpp>

#include "net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::quantize;

namespace {

/// Mean and variance of f(x), x normal, by summing the density.
template <class F>
channel_moments integrate(const channel_moments& x, const F& f) {
    const double deviation = std::sqrt(x.variance);
    constexpr int steps = 40000;
    double weight = 0;
    double mean = 0;
    double square = 0;
    for (int i = 0; i <= steps; ++i) {
        const double z = -8. + 16. * i / steps;
        const double p = std::exp(-0.5 * z * z);
        const double y = f(x.mean + deviation * z);
        weight += p;
        mean += p * y;
        square += p * y * y;
    }
    mean /= weight;
    return {mean, square / weight - mean * mean};
}

value_id normalised(test::net& n, const std::string& name, value_id x, std::uint64_t seed) {
    const std::int64_t channels = n.g[x].dims.back();
    const auto gamma = n.constant(test::random_tensor({channels}, seed, 0.2f, 1.5f));
    const auto beta = n.constant(test::random_tensor({channels}, seed + 1));
    const auto mean = n.constant(test::random_tensor({channels}, seed + 2));
    const auto variance = n.constant(test::random_tensor({channels}, seed + 3, 0.5f, 2.f));
    return n.add(name, batch_norm{}, {x, gamma, beta, mean, variance});
}

} // namespace

TEST_CASE("norm statistics: a clipped normal, against numerical integration") {
    const double inf = std::numeric_limits<double>::infinity();
    for (const channel_moments x : {channel_moments{0, 1}, {-1.5, 0.25}, {2, 4}, {7, 9}, {-6, 1}}) {
        for (const auto& bounds : {std::pair{0., inf}, {0., 6.}, {-inf, 1.}, {-inf, inf}, {-0.5, 0.5}}) {
            const double low = bounds.first;
            const double high = bounds.second;
            CAPTURE(x.mean);
            CAPTURE(low);
            CAPTURE(high);
            const auto expected = integrate(x, [&](double v) { return std::clamp(v, low, high); });
            const auto got = clipped(x, low, high);
            CHECK(std::fabs(got.mean - expected.mean) < 1e-5);
            CHECK(std::fabs(got.variance - expected.variance) < 1e-4);
        }
    }
    CHECK(clipped({-2, 0}, 0, inf).mean == 0.);
    CHECK(clipped({2, 0}, 0, inf).mean == 2.);
}

TEST_CASE("norm statistics: read off a network, they hold after its normalisations are folded") {
    test::net n;
    const auto x = n.input({1, 6, 6, 3});
    const auto a = n.relu("relu", normalised(n, "norm1", n.conv("conv1", x, 4), 50));
    const auto b = normalised(n, "norm2", n.conv("conv2", a, 4), 60);
    const auto sum = n.add("sum", binary{}, {a, b});
    const auto mean = n.add("mean", pool2d{.op = pool_op::average, .global = true}, {sum});
    const auto g = n.finish(n.dense_layer("dense", n.add("flat", reshape{{0, -1}}, {mean}), 2));
    const auto statistics = statistics_of_norms(g);
    REQUIRE(statistics.entries.size() == 2);
    const auto folded = passes::simplify{}(g);
    REQUIRE(folded);
    const auto known = propagate_moments(*folded, statistics);
    const auto moments = [&](const std::string& name) -> const value_moments& {
        for (std::size_t i = 0; i < folded->values.size(); ++i)
            if (folded->values[i].name == name)
                return known[i];
        FAIL("no value " << name);
        return known[0];
    };
    const auto& gamma = *g[g.nodes[1].inputs[1]].reals();
    const auto& beta = *g[g.nodes[1].inputs[2]].reals();
    CHECK(known[folded->inputs[0]].empty());
    for (std::size_t c = 0; c < 4; ++c) {
        const double deviation = static_cast<double>(gamma[c]);
        CHECK(moments("norm1")[c].mean == doctest::Approx(static_cast<double>(beta[c])));
        CHECK(moments("norm1")[c].variance == doctest::Approx(deviation * deviation));
        CHECK(moments("relu")[c].mean > std::max(0., moments("norm1")[c].mean));
        CHECK(moments("sum")[c].mean == doctest::Approx(moments("relu")[c].mean + moments("norm2")[c].mean));
        CHECK(moments("flat")[c].mean == moments("sum")[c].mean);
    }
    REQUIRE(moments("dense").size() == 2);
    const auto& dense_node = folded->nodes.back();
    double expected = static_cast<double>((*(*folded)[dense_node.inputs[2]].reals())[1]);
    for (std::size_t c = 0; c < 4; ++c)
        expected +=
            static_cast<double>((*(*folded)[dense_node.inputs[1]].reals())[4 + c]) * moments("flat")[c].mean;
    CHECK(moments("dense")[1].mean == doctest::Approx(expected));
}

TEST_CASE("norm statistics: scaling a channel, and networks that tell nothing") {
    norm_statistics s{{{"a", {{1, 4}, {2, 9}}}}};
    s.scale("a", 1, 0.5);
    s.scale("a", 7, 0.5);
    s.scale("b", 0, 0.5);
    CHECK((*s.find("a"))[0].mean == 1.);
    CHECK((*s.find("a"))[1].mean == 1.);
    CHECK((*s.find("a"))[1].variance == 2.25);
    CHECK(s.find("b") == nullptr);
    const auto g = test::residual_net();
    CHECK(statistics_of_norms(g).entries.empty());
    for (const auto& m : propagate_moments(g, {}))
        CHECK(m.empty());
}
