// SPDX-License-Identifier: MIT
#include "fixed_point.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>

#include <doctest/doctest.h>

#include "support/packed_output.hpp"
#include "tilted_stripes.hpp"

using namespace pith;

namespace {

static_assert(quantize::training_quantizer<mine::fixed_point>);

constexpr auto known = std::tuple_cat(quantize::weight_quantizers(), std::tuple{mine::named_fixed_point});

using aware = quantize::aware_of<quantize::any_quantizer_of<std::remove_const_t<decltype(known)>>,
                                 quantize::any_activation_quantizer>;

} // namespace

TEST_CASE("extend: a quantizer of one's own has a name beside those of the library") {
    const auto own = quantize::parse_quantizer("fixed3", known);
    REQUIRE(own);
    CHECK(std::get<mine::fixed_point>(*own).bits == 3);
    CHECK(std::holds_alternative<quantize::lsq>(*quantize::parse_quantizer("lsq4", known)));
    const auto wide = quantize::parse_quantizer("fixed9", known);
    REQUIRE(!wide);
    CHECK(std::string(wide.error().what).find("2 to 8 bits") != std::string::npos);
    const auto none = quantize::parse_quantizer("floating4", known);
    REQUIRE(!none);
    CHECK(std::string(none.error().where) == "floating4");
}

TEST_CASE("extend: by its name it trains a network, whose program has the bits of its simulation") {
    const mine::tilted_stripes images{.seed = 1};
    const mine::tilted_stripes held_out{.seed = 2};
    const auto samples = data::samples_of(images, {1, 8, 8, 1});
    const train::trainer_options training{.tape = {.batch = 20}, .rate = 0.1, .epochs = 2};
    const auto g = train::mlp{.input = {1, 8, 8, 1}, .hidden = {32, 32}, .classes = 4}
                       .build<float>(1)
                       .and_then(train::fit(images, held_out, training))
                       .and_then(aware{.weights = *quantize::parse_quantizer("fixed4", known),
                                       .activations = quantize::lsq{.bits = 4}})
                       .and_then(train::fit(images, held_out, training))
                       .and_then(quantize::commit{{.calibration = samples}});
    REQUIRE(g);
    std::size_t layers = 0;
    for (const auto& n : g->nodes)
        if (has_weights(n.layer) && (*g)[n.inputs[1]].encoded.bits() == 4) {
            int exponent = 0;
            CHECK(std::frexp((*g)[n.inputs[1]].encoded.scales.at(0), &exponent) == 0.5F); // a power of two
            ++layers;
        }
    CHECK(layers == 1); // the inner one
    for (std::size_t i = 0; i < 8; ++i) {
        const auto x = *samples(i);
        CHECK(tests::packed_output(*g, x) == std::get<0>((*simulate(*g, x))[0]));
    }
}
