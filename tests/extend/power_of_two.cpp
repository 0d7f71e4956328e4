// SPDX-License-Identifier: MIT
#include "power_of_two.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "support/layers.hpp"
#include "support/packed_output.hpp"

using namespace pith;

namespace {

static_assert(quantize::quantizer<mine::power_of_two>);

using post_training = quantize::post_training_of<mine::power_of_two>;

graph<float> small_net() {
    graph_builder<float> b(3);
    const auto x = b.relu(b.normalize(b.conv(b.input({1, 6, 6, 3}), {.out = 8, .pads = {1, 1, 1, 1}})));
    const auto y = b.relu(b.normalize(b.conv(x, {.out = 8, .pads = {1, 1, 1, 1}})));
    auto g = std::move(b).finish({b.fully_connected(b.flatten(b.average_pool(y, 2)), 5)});
    REQUIRE(g.has_value());
    return *std::move(g);
}

any_tensors<float> random_image(std::uint64_t seed) {
    random_bits bits(seed);
    return {tests::random_tensor<float>({1, 6, 6, 3}, bits)};
}

quantize::sample_source samples() {
    return [](std::size_t i) { return i < 8 ? std::optional(random_image(10 + i)) : std::nullopt; };
}

result<graph<float>> coded(const post_training& by) {
    return result(small_net()).and_then(passes::simplify{}).and_then(by);
}

} // namespace

TEST_CASE("extend: a quantizer of one's own says how the weights of a trained network are stored") {
    const auto g = coded({.calibration = samples(), .first_last_bits = 0});
    REQUIRE(g.has_value());
    std::size_t layers = 0;
    for (const auto& n : g->nodes)
        if (has_weights(n.layer)) {
            const auto& w = (*g)[n.inputs[1]];
            REQUIRE(w.encoded.as<format::codebook>() != nullptr);
            CHECK(w.encoded.bits() == 3);
            for (const auto code : weight_codes(w))
                CHECK((code & (std::abs(code) - 1)) == 0); // a power of two, or 0
            ++layers;
        }
    CHECK(layers == 3);
}

TEST_CASE("extend: it is simulated, packed and run, with equal bits, and written to ONNX and back") {
    for (const std::uint8_t first_last : {std::uint8_t{0}, std::uint8_t{8}}) {
        const auto g = coded({.calibration = samples(), .first_last_bits = first_last});
        REQUIRE(g.has_value());
        for (const auto& how : executions_of(*g))
            CHECK(how.how != execution::real);
        const auto x = random_image(3);
        const auto simulated = std::get<0>((*simulate(*g, x))[0]);
        CHECK(tests::packed_output(*g, x) == simulated);
        CHECK(tests::difference(simulated, std::get<0>((*evaluate(*g, x))[0])) > 0);
        const auto bytes = io::onnx_bytes(*g);
        REQUIRE(bytes.has_value());
        const auto again = io::parse_onnx<float>(*bytes);
        REQUIRE(again.has_value());
        CHECK(std::get<0>((*simulate(*again, x))[0]) == simulated);
    }
}

TEST_CASE("extend: a quantizer whose codes no kernel multiplies is refused") {
    const auto g = coded({.calibration = samples(), .weights = {.powers = 0}});
    REQUIRE_FALSE(g.has_value());
    CHECK(g.error().code == errc::bad_option);
    CHECK(std::string(g.error().what).find("int8") != std::string::npos);
}
