// SPDX-License-Identifier: MIT
#include "pith/factorize/low_rank.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <pith/factorize/channels.hpp>
#include <pith/factorize/spatial.hpp>
#include <pith/io/onnx.hpp>
#include <pith/io/onnx_write.hpp>
#include <pith/quantize/post_training.hpp>

#include "networks.hpp"
#include "support/compiled.hpp"
#include "support/packed_output.hpp"

using namespace pith;
using namespace pith::factorize;

namespace {

template <class Pass>
graph<float> factored(const Pass& pass, const graph<float>& g, std::vector<layer_outcome>& outcomes) {
    auto f = pass(g, outcomes);
    REQUIRE_MESSAGE(f.has_value(), (f ? "" : f.error().what));
    return *std::move(f);
}
template <class Pass>
graph<float> factored(const Pass& pass, const graph<float>& g) {
    std::vector<layer_outcome> outcomes;
    return factored(pass, g, outcomes);
}

} // namespace

TEST_CASE_TEMPLATE("low rank: multiply-adds fall by what was asked for, and the outcomes say where", Pass,
                   channels, spatial) {
    const auto g = test::three_convolutions();
    const auto before = measure(g).macs;
    for (const float share : {0.1f, 0.3f, 0.5f}) {
        std::vector<layer_outcome> outcomes;
        const auto f = factored(Pass{.remove_macs = share, .multiple_of = 2}, g, outcomes);
        const auto after = measure(f).macs;
        CHECK(static_cast<double>(after) <= (1. - static_cast<double>(share)) * static_cast<double>(before));
        std::int64_t was = 0;
        std::int64_t is = 0;
        std::size_t cut = 0;
        for (const auto& o : outcomes) {
            was += o.macs_before;
            is += o.macs;
            cut += o.rank != 0 ? 1u : 0u;
            CHECK((o.rank == 0) == !o.why.empty());
            CHECK(o.rank % 2 == 0);
            CHECK((o.macs < o.macs_before) == (o.rank != 0));
        }
        CHECK(was == before);
        CHECK(is == after);
        CHECK(f.nodes.size() == g.nodes.size() + cut);
        CHECK(outcomes.front().why == "it is a first or last layer");
        CHECK(outcomes.back().why == "it is a first or last layer");
    }
}

TEST_CASE_TEMPLATE("low rank: weighting by the inputs and then the fit each come nearer to the network", Pass,
                   channels, spatial) {
    for (const std::uint32_t stride : {1u, 2u}) {
        const auto g = test::three_convolutions(stride);
        const prune::calibration_options look{.calibration = test::samples_of(g), .samples = 64};
        const auto plain = factored(Pass{.remove_macs = 0.4f, .multiple_of = 4}, g);
        const auto whitened =
            factored(Pass{.remove_macs = 0.4f, .multiple_of = 4, .look = look, .fit = false}, g);
        const auto fitted = factored(Pass{.remove_macs = 0.4f, .multiple_of = 4, .look = look}, g);
        const double worst = test::error_between(g, plain);
        CHECK(test::error_between(g, whitened) < worst);
        CHECK(test::error_between(g, fitted) < 0.8 * test::error_between(g, whitened));
    }
}

TEST_CASE_TEMPLATE("low rank: what is written as ONNX loads again and computes the same", Pass, channels,
                   spatial) {
    const auto g = test::three_convolutions(2);
    const auto f = factored(Pass{.remove_macs = 0.3f, .multiple_of = 4}, g);
    const auto bytes = io::onnx_bytes(f);
    REQUIRE(bytes);
    const auto back = io::parse_onnx(*bytes);
    REQUIRE(back);
    CHECK(test::error_between(f, *back) < 1e-9);
}

TEST_CASE_TEMPLATE("low rank: the values between two halves are quantised like any other", Pass, channels,
                   spatial) {
    const auto g = test::three_convolutions();
    const auto samples = test::samples_of(g);
    const auto f = factored(Pass{.remove_macs = 0.3f, .multiple_of = 4}, g);
    const auto coded = quantize::post_training{.calibration = samples, .samples = 32}(f);
    REQUIRE(coded);
    std::size_t between = 0;
    for (const auto& v : coded->values)
        if (v.name.ends_with(".between")) {
            ++between;
            CHECK(v.is_coded());
        }
    CHECK(between == coded->nodes.size() - g.nodes.size());
    const auto x = test::image_of(g, 1000);
    const auto simulated = simulate(*coded, x);
    REQUIRE(simulated);
    const auto ran = tests::packed_output(*coded, x);
    const auto wanted = test::output_of(f, 1000);
    for (std::size_t i = 0; i < ran.size(); ++i) {
        CHECK(ran[i] == std::get<0>((*simulated)[0])[i]);
        CHECK(std::abs(ran[i] - wanted[i]) < 0.1f * (1.f + std::abs(wanted[i])));
    }
}

TEST_CASE("low rank: layers that cannot be cut stay as they were, with the reason") {
    graph_builder<float> b(3);
    auto x = b.input({1, 8, 8, 16});
    x = b.relu(b.conv(x, {.out = 16, .pads = {1, 1, 1, 1}}));
    x = b.relu(b.depthwise(x));
    x = b.relu(b.conv(x, {.out = 16, .pads = {1, 1, 1, 1}, .groups = 2}));
    x = b.relu(b.conv(x, {.out = 16, .kernel = {1, 1}}));
    x = b.relu(b.conv(x, {.out = 32, .pads = {1, 1, 1, 1}}));
    x = b.relu(b.conv(x, {.out = 32, .pads = {1, 1, 1, 1}}));
    x = b.relu(b.conv(x, {.out = 2, .pads = {1, 1, 1, 1}}));
    x = b.fully_connected(b.flatten(b.global_average(x)), 5);
    const auto built = std::move(b).finish({b.fully_connected(b.relu(x), 3)});
    REQUIRE(built);
    const auto& g = *built;
    std::vector<layer_outcome> o;
    const auto f = factored(spatial{.remove_macs = 0.15f, .whole = {.names = {g.nodes[10].name}}}, g, o);
    REQUIRE(o.size() == 9);
    CHECK(o[0].why == "it is a first or last layer");
    CHECK(o[1].why == "its channels are in groups");
    CHECK(o[2].why == "its channels are in groups");
    CHECK(o[3].why == "its kernel has one row or one column");
    CHECK(o[4].why.empty());
    CHECK(o[5].why == "it is to stay whole");
    CHECK(o[6].why == "no rank that is a multiple of 8 has fewer multiply-adds");
    CHECK(o[7].why == "a dense layer has no height and width");
    CHECK(o[8].why == "it is a first or last layer");
    CHECK(f.nodes.size() == g.nodes.size() + 1);
}

TEST_CASE("low rank: weights that are shared, sparse or not finite") {
    auto g = test::three_convolutions();
    auto& w = g[g.nodes[2].inputs[1]];
    std::vector<layer_outcome> o;
    w.sparsity = format::sparsity::free();
    factored(channels{.remove_macs = 0.2f, .multiple_of = 4}, g, o);
    CHECK(o[1].why == "its weights are sparse");
    w.sparsity = {};
    (*w.reals())[0] = std::nanf("");
    CHECK(channels{.remove_macs = 0.2f}(g).error().code == errc::unsupported);

    graph_builder<float> b(3);
    auto x = b.relu(b.conv(b.input({1, 8, 8, 16}), {.out = 16, .pads = {1, 1, 1, 1}}));
    const auto shared = b.random({16, 3, 3, 16}, 0.2);
    const conv2d same{.pads = {1, 1, 1, 1}};
    x = b.add_node(same, {b.add_node(same, {x, shared}), shared});
    x = b.conv(b.conv(x, {.out = 16}), {.out = 16});
    const auto twice = std::move(b).finish({x});
    REQUIRE(twice);
    factored(channels{.remove_macs = 0.05f, .multiple_of = 4}, *twice, o);
    CHECK(o[1].why == "its weights are shared, computed or too many");
    CHECK(o[2].why == "its weights are shared, computed or too many");
}

TEST_CASE("low rank: wrong numbers, codes and missing samples are refused") {
    const auto g = test::three_convolutions();
    CHECK(spatial{.remove_macs = 0.f}(g).error().code == errc::bad_option);
    CHECK(spatial{.remove_macs = 1.f}(g).error().code == errc::bad_option);
    CHECK(spatial{.remove_macs = std::nanf("")}(g).error().code == errc::bad_option);
    CHECK(spatial{.multiple_of = 0}(g).error().code == errc::bad_option);
    CHECK(spatial{.damping = -1}(g).error().code == errc::bad_option);
    CHECK(spatial{.look = {.calibration = samples_from({})}}(g).error().code == errc::missing);
    CHECK(spatial{.look = {.calibration = test::samples_of(g), .rows = 0}}(g).error().code ==
          errc::bad_option);
    const auto too_much = channels{.remove_macs = 0.99f}(g);
    REQUIRE(!too_much);
    CHECK(too_much.error().code == errc::bad_option);
    CHECK(std::string(too_much.error().where).find("is the most") != std::string::npos);
    auto coded = g;
    coded[coded.nodes[2].inputs[1]].encoded = encoding{format::affine_codes{}, {1.f}};
    CHECK(channels{}(coded).error().code == errc::unsupported);
}
