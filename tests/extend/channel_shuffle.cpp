// SPDX-License-Identifier: MIT
#include "channel_shuffle.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <pith/base/random.hpp>

#include "support/gradient_check.hpp"
#include "support/layers.hpp"
#include "support/packed_output.hpp"

using namespace pith;

namespace {

/// A grouped convolution, the shuffle, a relu and a dense layer: what ShuffleNet is made of.
template <class T>
graph<T, mine::layers> shuffled_net() {
    graph_builder<T, mine::layers> b(3);
    const auto x = b.input({1, 4, 4, 6});
    const auto mixed = b.conv(x, {.out = 6, .kernel = {3, 3}, .pads = {1, 1, 1, 1}, .groups = 3});
    const auto dealt = b.add_node(mine::channel_shuffle{3}, {mixed});
    const auto y = b.fully_connected(b.flatten(b.average_pool(b.relu(dealt), 2)), 5);
    auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    return *std::move(g);
}

any_tensors<float> random_image(std::uint64_t seed) {
    random_bits bits(seed);
    return {tests::random_tensor<float>({1, 4, 4, 6}, bits)};
}

} // namespace

TEST_CASE("a layer of one's own is built and computed, and its channels are known") {
    const mine::channel_shuffle layer{2};
    CHECK(tests::run_one<float>(layer, {tensor<float>({1, 6}, {0, 1, 2, 3, 4, 5})}) ==
          tensor<float>({1, 6}, {0, 3, 1, 4, 2, 5}));
    CHECK(tests::refusal(layer, {{1, 5}}) == "the channels to shuffle are no multiple of the groups");
    const auto g = shuffled_net<float>();
    CHECK(measure(g).nodes[1].kind == "channel_shuffle");
    CHECK(evaluate(g, random_image(1)).has_value());
    const auto simple = passes::simplify{}(g);
    REQUIRE(simple.has_value());
    CHECK(*evaluate(*simple, random_image(1)) == *evaluate(g, random_image(1)));
}

TEST_CASE("it is written to ONNX and loaded from there") {
    const auto g = shuffled_net<float>();
    const auto bytes = io::onnx_bytes(g);
    REQUIRE(bytes.has_value());
    const auto again = io::parse_onnx<float, mine::layers>(*bytes);
    REQUIRE(again.has_value());
    CHECK(*evaluate(*again, random_image(2)) == *evaluate(g, random_image(2)));
    const auto unknown = io::parse_onnx(*bytes);
    REQUIRE_FALSE(unknown.has_value());
    CHECK(std::string_view(unknown.error().where).find("ChannelShuffle") != std::string_view::npos);
}

TEST_CASE("it is trained: its gradients are those of finite differences") {
    auto made = train::tape<double, mine::layers>::make(shuffled_net<double>(),
                                                        {.batch = 2, .input_gradients = true});
    REQUIRE(made.has_value());
    auto& tape = *made;
    random_bits bits(5);
    const auto x = tests::random_reals(tape.input().size(), bits);
    std::copy(x.begin(), x.end(), tape.input().begin());
    const auto sum_of_squares = [&] {
        REQUIRE(tape.forward().has_value());
        double sum = 0;
        for (const double y : tape.output())
            sum += y * y / 2;
        return sum;
    };
    static_cast<void>(sum_of_squares());
    std::copy(tape.output().begin(), tape.output().end(), tape.output_gradient().begin());
    tape.backward();
    const std::vector<double> gradient(tape.input_gradient().begin(), tape.input_gradient().end());
    CHECK(tests::gradient_error(tape.input(), gradient, sum_of_squares) < 1e-6);
    CHECK(tape.parameters().size() == 4);
}

TEST_CASE("it is quantised, and the packed program gives the bits of the simulation") {
    std::vector<any_tensors<float>> samples;
    for (std::uint64_t i = 0; i < 8; ++i)
        samples.push_back(random_image(10 + i));
    const auto coded = result(shuffled_net<float>())
                           .and_then(passes::simplify{})
                           .and_then(quantize::post_training{.calibration = quantize::samples_from(samples)});
    REQUIRE(coded.has_value());
    CHECK(executions_of(*coded)[1].how == execution::integer);
    const auto x = random_image(3);
    CHECK(tests::packed_output<mine::operations>(*coded, x) == std::get<0>((*simulate(*coded, x))[0]));
    const auto real = shuffled_net<float>();
    CHECK(tests::difference(tests::packed_output<mine::operations>(real, x),
                            std::get<0>((*evaluate(real, x))[0])) < 1e-5);
    const auto unknown = plan::pack(real); // by a list without the operation
    REQUIRE_FALSE(unknown.has_value());
    CHECK(std::string_view(unknown.error().where) == "operation kind 128");
}
