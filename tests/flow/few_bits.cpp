// SPDX-License-Identifier: MIT
// Weights of few bits without training: what was rounded and corrected executes as it is simulated.
#include <pith/graph/passes/simplify.hpp>
#include <pith/quantize/adaptive_rounding.hpp>
#include <pith/quantize/correct_bias.hpp>
#include <pith/quantize/equalize.hpp>
#include <pith/quantize/second_order.hpp>
#include <pith/train/models.hpp>

#include "networks.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;

TEST_CASE("rounded networks of two to seven bits are what is simulated and what is executed") {
    const auto g = train::resnet{.depth = 8, .width = 4, .input = {1, 8, 8, 2}, .classes = 3}
                       .build<float>(5)
                       .and_then(passes::simplify{})
                       .and_then(quantize::equalize{});
    REQUIRE(g);
    const quantize::sample_source samples = [&](std::size_t i) {
        return std::optional<any_tensors<float>>(flow::random_inputs(*g, 100 + i));
    };
    for (std::uint8_t bits = 2; bits < 8; ++bits) {
        CAPTURE(int{bits});
        const auto q =
            quantize::post_training{.calibration = samples, .samples = 8, .weights = {.bits = bits}}(*g);
        REQUIRE(q);
        const auto rounded = quantize::adaptive_rounding{
            .calibration = samples, .samples = 8, .rows = 256, .steps = {.steps = 60}}(*q);
        REQUIRE(rounded);
        CHECK(flow::check_everywhere(*rounded, 9).reals == 0);
        const auto second = quantize::second_order{.calibration = samples, .samples = 8, .rows = 256}(*q);
        REQUIRE(second);
        CHECK(flow::check_everywhere(*second, 11).reals == 0);
        const auto corrected =
            quantize::correct_bias{.calibration = samples, .samples = 8, .rows = 256, .scales = true}(*q);
        REQUIRE(corrected);
        CHECK(flow::check_everywhere(*corrected, 10).reals == 0);
        std::size_t few = 0;
        for (const auto& v : rounded->values)
            few += v.is_coded() && v.is_constant() && v.encoded.bits() == bits ? 1 : 0;
        CHECK(few == 8); // of ten: the first and the last keep eight bits
    }
}

} // namespace
