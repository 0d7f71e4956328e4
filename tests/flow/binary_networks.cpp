// SPDX-License-Identifier: MIT
// Networks whose inner layers multiply signs by signs: what is committed executes as it is simulated, by
// binary operations, at every level.
#include <cstdint>
#include <string_view>

#include <pith/graph/builder.hpp>
#include <pith/quantize/aware.hpp>
#include <pith/quantize/commit.hpp>
#include <pith/run/describe.hpp>
#include <pith/train/initialize.hpp>
#include <pith/train/tape.hpp>

#include "networks.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;

graph<float> plain_net(bool residual) {
    graph_builder<float> b;
    const auto block = [&](value_id x, conv_options o) {
        o.bias = false;
        return b.relu(b.normalize(b.conv(x, o)));
    };
    const auto first = block(b.input({1, 9, 7, 2}), {.out = 20, .pads = {1, 1, 1, 1}});
    const auto wide = block(first, {.out = 70, .pads = {1, 1, 1, 1}});
    auto y =
        block(wide, {.out = 70, .strides = {residual ? 1u : 2u, residual ? 1u : 2u}, .pads = {1, 1, 1, 1}});
    if (residual)
        y = b.add(y, wide);
    y = block(y, {.out = 70, .pads = {1, 1, 1, 1}, .groups = 2}); // these two run on codes, with a border
    y = block(y, {.out = 70, .pads = {1, 1, 1, 1}, .groups = 70});
    const auto last = block(y, {.out = 17, .kernel = {1, 1}});
    return train::initialize{.seed = 4}(*std::move(b).finish({b.fully_connected(b.flatten(last), 5)}));
}

graph<float> committed(bool residual) {
    auto net = quantize::aware{.weights = quantize::binary_weights{},
                               .activations = quantize::binary_activations{}}(plain_net(residual));
    REQUIRE(net);
    auto tape = train::tape<float>::make(*std::move(net), {.batch = 16});
    REQUIRE(tape);
    random_bits random(7);
    for (int step = 0; step < 3; ++step) { // running statistics that mean something
        for (auto& e : tape->input())
            e = random.unit() * 2 - 1;
        REQUIRE(tape->forward());
    }
    std::vector<any_tensors<float>> samples(8);
    for (auto& s : samples) {
        tensor<float> x({1, 9, 7, 2});
        for (auto& e : x.data())
            e = random.unit() * 2 - 1;
        s.emplace_back(std::move(x));
    }
    auto g =
        quantize::commit{{.calibration = quantize::samples_from(samples), .samples = 8}}(tape->network());
    REQUIRE(g);
    return *std::move(g);
}

TEST_CASE("binary networks: signs times signs run as bits, as they are simulated") {
    for (const bool residual : {false, true}) {
        CAPTURE(residual);
        const auto g = committed(residual);
        CHECK(flow::check_everywhere(g, 9).reals == 0);
        const auto bytes = plan::pack(g);
        REQUIRE(bytes);
        const auto program = run::program_view::open(*bytes);
        REQUIRE(program);
        std::size_t convolutions = 0;
        std::size_t packings = 0;
        for (const auto op : program->ops()) {
            convolutions += run::name_of(*program, op) == std::string_view("convolution_b1") ? 1 : 0;
            packings += run::name_of(*program, op) == std::string_view("pack_bits") ? 1 : 0;
        }
        CHECK(convolutions == 3); // all but the first, the last, and those in groups
        CHECK(packings == 3);
    }
}

} // namespace
