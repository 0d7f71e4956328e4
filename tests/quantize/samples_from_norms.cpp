// SPDX-License-Identifier: MIT
#include "pith/quantize/samples_from_norms.hpp"

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include <pith/quantize/reestimate_norms.hpp>

#include "net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::quantize;

namespace {

value_id norm(test::net& n, const std::string& name, value_id x) {
    const auto c = n.g[x].dims.back();
    std::vector<value_id> in{x};
    for (const float low : {0.5f, -0.5f, -1.f, 0.5f})
        in.push_back(n.constant(test::random_tensor({c}, ++n.seed, low, low + 1.f)));
    return n.add(name, batch_norm{}, in);
}

/// Two convolutions with normalisations, which have seen images that are anything but noise around 0.
graph<float> trained_net() {
    test::net n;
    const auto x = n.input({1, 8, 8, 3});
    const auto first = n.relu("relu1", norm(n, "norm1", n.conv("conv1", x, 6)));
    const auto second = n.relu("relu2", norm(n, "norm2", n.conv("conv2", first, 6)));
    const auto g = n.finish(second);
    const auto images = [](std::size_t i) {
        return std::optional<any_tensors<float>>({test::random_tensor({1, 8, 8, 3}, 40 + i, 0.f, 90.f)});
    };
    auto seen = reestimate_norms{.calibration = images, .samples = 64}(g);
    REQUIRE(seen);
    return *std::move(seen);
}

/// How far the statistics that normalisations measure on samples are from those they remember, in deviations.
double distance(const graph<float>& g, const std::vector<any_tensors<float>>& samples) {
    const auto measured = reestimate_norms{.calibration = samples_from(samples)}(g);
    REQUIRE(measured);
    double sum = 0;
    for (std::size_t k = 0; k < g.nodes.size(); ++k) {
        const auto& was = g.nodes[k].inputs;
        const auto& is = measured->nodes[k].inputs;
        if (was.size() != 5)
            continue;
        for (std::size_t c = 0; c < g[was[3]].reals()->size(); ++c) {
            const float deviation = std::sqrt((*g[was[4]].reals())[c]);
            sum += std::fabs(static_cast<double>((*(*measured)[is[3]].reals())[c] - (*g[was[3]].reals())[c]) /
                             static_cast<double>(deviation));
            sum +=
                std::fabs(static_cast<double>(std::sqrt((*(*measured)[is[4]].reals())[c]) / deviation) - 1.);
        }
    }
    return sum / 24.;
}

} // namespace

TEST_CASE("samples from norms: the normalisations see what they remember") {
    const auto g = trained_net();
    const samples_from_norms make{.samples = 20, .batch = 16, .steps = 200};
    const auto made = make(g);
    REQUIRE(made);
    REQUIRE(made->size() == 20);
    std::vector<any_tensors<float>> noise;
    for (std::size_t i = 0; i < 20; ++i)
        noise.push_back({test::random_tensor({1, 8, 8, 3}, i, -1.f, 1.f)});
    CHECK(distance(g, *made) < 0.1);
    CHECK(distance(g, noise) > 0.4);
    CHECK(*make(g) == *made);
    auto other = make;
    other.seed = 2;
    CHECK(*other(g) != *made);
}

TEST_CASE("samples from norms: the gradient is that of the error") {
    const tensor<double> means({2}, {0.5, -1.});
    const tensor<double> variances({2}, {2., 0.25});
    const auto s = quantize::detail::statistics_in(means, variances, 1e-5);
    std::vector<double> x{0.1, 0.7, -0.4, 0.9, 1.3, -2.};
    std::vector<double> gradient(6);
    std::vector<double> ignored(6);
    (void)quantize::detail::statistics_error<double>(s, x, gradient);
    for (std::size_t i = 0; i < 6; ++i) {
        const double was = x[i];
        const double step = 1e-6;
        x[i] = was + step;
        const double up = quantize::detail::statistics_error<double>(s, x, ignored);
        x[i] = was - step;
        const double down = quantize::detail::statistics_error<double>(s, x, ignored);
        x[i] = was;
        CHECK(gradient[i] == doctest::Approx((up - down) / (2 * step)).epsilon(1e-5));
    }
}

TEST_CASE("samples from norms: refuses what has no statistics, and options that make no sense") {
    const auto g = trained_net();
    CHECK(samples_from_norms{.samples = 0}(g).error().code == errc::bad_option);
    CHECK(samples_from_norms{.batch = 1}(g).error().code == errc::bad_option);
    CHECK(samples_from_norms{.rate = 0.}(g).error().code == errc::bad_option);
    CHECK(samples_from_norms{}(test::residual_net()).error().code == errc::unsupported);
}
