// SPDX-License-Identifier: MIT
// Networks trained in codes: what is committed executes as it is simulated, in the codes that were learned.
#include <pith/quantize/aware.hpp>
#include <pith/quantize/commit.hpp>
#include <pith/quantize/lsq.hpp>
#include <pith/train/models.hpp>

#include "networks.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;

train::tape<float> trained(std::uint8_t bits, std::int64_t batch) {
    auto g = train::resnet{.depth = 8, .width = 4, .input = {1, 8, 8, 2}, .classes = 3}.build<float>(5);
    REQUIRE(g);
    auto net = quantize::aware{.weights = quantize::lsq{.bits = bits},
                               .activations = quantize::lsq{.bits = bits}}(*std::move(g));
    REQUIRE(net);
    auto tape = train::tape<float>::make(*std::move(net), {.batch = batch});
    REQUIRE(tape);
    random_bits random(7);
    for (int step = 0; step < 3; ++step) { // running statistics that mean something
        for (auto& e : tape->input())
            e = random.unit() * 2 - 1;
        REQUIRE(tape->forward());
    }
    return *std::move(tape);
}

TEST_CASE("learned codes are what is simulated and what is executed") {
    for (const std::uint8_t bits : {std::uint8_t{2}, std::uint8_t{4}}) {
        CAPTURE(int{bits});
        const auto tape = trained(bits, 16);
        random_bits random(3);
        std::vector<any_tensors<float>> samples(4);
        for (auto& s : samples) {
            tensor<float> x({1, 8, 8, 2});
            for (auto& e : x.data())
                e = random.unit() * 2 - 1;
            s.emplace_back(std::move(x));
        }
        const auto g = quantize::commit{
            {.calibration = quantize::samples_from(samples), .samples = samples.size()}}(tape.network());
        REQUIRE(g);
        std::size_t low = 0;
        for (const auto& v : g->values)
            low += v.is_coded() && v.encoded.bits() == bits ? 1 : 0;
        CHECK(low == 14); // eight weights and six activations
        CHECK(flow::check_everywhere(*g, 9).reals == 0);
    }
}

} // namespace
