// SPDX-License-Identifier: MIT
// A training gives the same bits whatever the number of threads.
#include <cstring>
#include <memory>
#include <vector>
#ifdef _OPENMP
#include <omp.h>
#endif

#include <doctest/doctest.h>
#include <pith/data/spec.hpp>
#include <pith/quantize/aware.hpp>
#include <pith/quantize/lsq.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/models.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

void use_threads(int count) {
#ifdef _OPENMP
    omp_set_num_threads(count);
#else
    static_cast<void>(count);
#endif
}

graph<float> small_net(bool in_codes) {
    auto g = train::resnet{.depth = 8, .width = 4, .input = {1, 28, 28, 1}}.build<float>(5);
    REQUIRE(g);
    if (!in_codes)
        return *std::move(g);
    auto net = quantize::aware{.weights = quantize::lsq{.bits = 3},
                               .activations = quantize::lsq{.bits = 3}}(*std::move(g));
    REQUIRE(net);
    return *std::move(net);
}

std::vector<float> numbers_after_some_steps(bool in_codes) {
    const auto data = *data::open_dataset("glyphs-train");
    auto t = train::trainer<float>::make(small_net(in_codes), {.tape = {.batch = 48}, .epochs = 1});
    REQUIRE(t);
    for (int i = 0; i < 3; ++i)
        REQUIRE(t->step(data, train::on_labels<train::cross_entropy>{}));
    std::vector<float> out;
    for (const auto& m : t->memories())
        out.insert(out.end(), m.begin(), m.end());
    return out;
}

} // namespace

TEST_CASE("training: the same bits with one, two and three threads, in float and in codes") {
    for (const bool in_codes : {false, true}) {
        CAPTURE(in_codes);
        use_threads(1);
        const auto one = numbers_after_some_steps(in_codes);
        for (const int threads : {2, 3}) {
            use_threads(threads);
            const auto many = numbers_after_some_steps(in_codes);
            REQUIRE(many.size() == one.size());
            CHECK(std::memcmp(many.data(), one.data(), one.size() * sizeof(float)) == 0);
        }
    }
    use_threads(1);
}
