// SPDX-License-Identifier: MIT
#include "pith/prune/channels.hpp"

#include <algorithm>
#include <string>

#include <pith/graph/measure.hpp>
#include <pith/prune/l1.hpp>
#include <pith/prune/norm_scale.hpp>
#include <pith/prune/obs.hpp>

#include "networks.hpp"

using namespace pith;
using namespace pith::prune;

namespace {

conv_options three(std::int64_t out, std::uint32_t stride = 1) {
    return {.out = out, .strides = {stride, stride}, .pads = {1, 1, 1, 1}};
}

/// Two residual blocks of `width` channels, of which the second shrinks the image; its shortcut has no
/// weights.
graph<double> residual_network(std::int64_t width) {
    test::builder b(3);
    auto x = b.relu(b.conv(b.input({1, 8, 8, 3}), three(width)));
    x = b.relu(b.add(b.conv(b.relu(b.conv(x, three(width))), three(width)), x));
    const auto branch = b.conv(b.relu(b.conv(x, three(2 * width, 2))), three(2 * width));
    const auto taken = b.add_node(slice{{0, 0, 0, 0}, {-1, -1, -1, -1}, {1, 2, 2, 1}}, {x});
    const auto shortcut = b.add_node(pad{{0, 0, 0, width / 2}, {0, 0, 0, width / 2}}, {taken});
    x = b.relu(b.add(branch, shortcut));
    x = b.flatten(b.global_average(x));
    auto g = std::move(b).finish({b.fully_connected(x, 5)});
    REQUIRE(g.has_value());
    return *std::move(g);
}

std::int64_t width_of(const graph<double>& g, const std::string& node) {
    for (const auto& n : g.nodes)
        if (n.name == node)
            return channels_of(g[n.outputs[0]].dims);
    FAIL("no node " << node);
    return 0;
}

/// Mean squared difference of the outputs on inputs that nothing was fitted to.
double error_of(const graph<double>& a, const graph<double>& b) {
    double sum = 0;
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
        const auto x = evaluate(a, test::random_inputs(a, 90 + seed));
        const auto y = evaluate(b, test::random_inputs(b, 90 + seed));
        REQUIRE(x.has_value());
        REQUIRE(y.has_value());
        const auto& p = std::get<0>((*x)[0]);
        const auto& q = std::get<0>((*y)[0]);
        for (std::size_t i = 0; i < p.size(); ++i)
            sum += (p[i] - q[i]) * (p[i] - q[i]);
    }
    return sum;
}

} // namespace

TEST_CASE("channels: half of them go, everywhere that they touch, and the multiply-adds with them") {
    const auto g = residual_network(8);
    std::vector<channel_outcome> outcomes;
    const auto pruned = channels{.remove = 0.5f, .multiple_of = 1}(g, outcomes);
    REQUIRE(pruned.has_value());
    CHECK(width_of(*pruned, "conv2d0") == 4);
    CHECK(width_of(*pruned, "conv2d2") == 4);
    CHECK(width_of(*pruned, "conv2d7") == 8);
    CHECK(width_of(*pruned, "dense16") == 5);
    CHECK(measure(*pruned).macs * 10 < measure(g).macs * 4);
    std::size_t stayed = 0;
    for (const auto& o : outcomes) {
        CHECK((o.removed == 0) == !o.why.empty());
        stayed += o.why.empty() ? 0 : 1;
    }
    CHECK(stayed == 1); // the output
}

TEST_CASE("channels: widths are rounded up to multiples, and narrower ones stay") {
    const auto g = residual_network(8);
    const auto four = channels{.remove = 0.6f, .multiple_of = 4}(g);
    REQUIRE(four.has_value());
    CHECK(width_of(*four, "conv2d2") == 4);
    CHECK(width_of(*four, "conv2d7") == 8);
    const auto sixteen = channels{.remove = 0.9f}(g);
    REQUIRE(sixteen.has_value());
    CHECK(width_of(*sixteen, "conv2d2") == 8);
    CHECK(measure(*sixteen).macs == measure(g).macs);
}

TEST_CASE("channels: the whole network's least channels go, and each layer keeps some") {
    auto g = residual_network(8);
    for (auto& n : g.nodes)
        if (n.name == "conv2d2") // of which the first six make next to nothing
            for (std::size_t i = 0; i < g[n.inputs[1]].reals()->size() * 6 / 8; ++i)
                (*g[n.inputs[1]].reals())[i] *= 1e-3;
    const auto pruned = channels{.remove = 0.15f, .how = ratio::global, .multiple_of = 1}(g);
    REQUIRE(pruned.has_value());
    CHECK(width_of(*pruned, "conv2d2") == 2);
    const auto all = channels{.remove = 0.99f, .how = ratio::global, .multiple_of = 1}(g);
    REQUIRE(all.has_value());
    for (const auto& v : all->values)
        CHECK((v.is_constant() || channels_of(v.dims) > 0));
}

TEST_CASE("channels: what reads the rest is fitted to what it gave, and criteria that look do better") {
    const auto g = residual_network(8);
    const calibration_options look{.calibration = test::samples_for(g), .samples = 64};
    const auto plain = channels{.remove = 0.25f, .multiple_of = 1}(g);
    const auto fitted = channels{.remove = 0.25f, .multiple_of = 1, .look = look}(g);
    const auto surgeon = channels{.criterion = obs{}, .remove = 0.25f, .multiple_of = 1, .look = look}(g);
    REQUIRE(plain.has_value());
    REQUIRE(fitted.has_value());
    REQUIRE(surgeon.has_value());
    CHECK(error_of(g, *fitted) < error_of(g, *plain) / 2);
    CHECK(error_of(g, *surgeon) < error_of(g, *fitted));
}

TEST_CASE("channels: a layer whose inputs depend on each other loses nothing when they are few enough") {
    test::builder b(5);
    const auto x = b.input({1, 3, 3, 2});
    auto wide = b.conv(x, {.out = 8, .kernel = {1, 1}}); // of rank 2
    auto g = *std::move(b).finish({b.conv(wide, {.out = 3, .kernel = {1, 1}})});
    const auto fitted = channels{.remove = 0.5f,
                                 .multiple_of = 1,
                                 .look = {.calibration = test::samples_for(g), .samples = 16},
                                 .damping = 1e-9}(g);
    REQUIRE(fitted.has_value());
    CHECK(width_of(*fitted, "conv2d0") == 4);
    CHECK(error_of(g, *fitted) < 1e-6);
}

TEST_CASE("channels: random networks are pruned by every criterion, or groups say why not") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        const auto g = test::random_network(seed);
        const calibration_options look{.calibration = test::samples_for(g), .samples = 4};
        std::vector<channel_outcome> outcomes;
        const any_criterion criteria[] = {l1{}, norm_scale{}, obs{}};
        const auto pruned = channels{.criterion = criteria[seed % 3],
                                     .remove = 0.4f,
                                     .how = seed % 2 == 0 ? ratio::uniform : ratio::global,
                                     .multiple_of = 1,
                                     .look = look}(g, outcomes);
        REQUIRE_MESSAGE(pruned.has_value(), (pruned ? "" : pruned.error().what));
        CHECK(evaluate(*pruned, test::random_inputs(*pruned, 1)).has_value());
        for (const auto& o : outcomes)
            CHECK((o.removed == 0 || o.why.empty()));
    }
}

TEST_CASE("channels: bad options are refused") {
    const auto g = residual_network(4);
    CHECK(channels{.remove = 1.f}(g).error().code == errc::bad_option);
    CHECK(channels{.remove = -0.1f}(g).error().code == errc::bad_option);
    CHECK(channels{.multiple_of = 0}(g).error().code == errc::bad_option);
    CHECK(channels{.look = {.calibration = test::samples_for(g), .samples = 0}}(g).error().code ==
          errc::bad_option);
    CHECK(channels{.multiple_of = 1, .look = {.calibration = samples_from({})}}(g).error().code ==
          errc::missing);
    auto coded = g;
    coded.values[coded.nodes[0].inputs[1]].encoded = encoding{format::affine_codes{}, {1.f}};
    CHECK(channels{}(coded).error().code == errc::unsupported);
    const auto strange = [](const group_weights&) {
        return result<std::vector<double>>(std::vector<double>{});
    };
    std::vector<channel_outcome> outcomes;
    REQUIRE(channels{.criterion = strange, .multiple_of = 1}(g, outcomes).has_value());
    CHECK(outcomes[0].why == "the criterion gives no finite number for each channel");
}
