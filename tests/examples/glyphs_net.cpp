// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <examples/glyphs_net.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

#include <pith/data/samples.hpp>
#include <pith/data/spec.hpp>
#include <pith/graph/passes/simplify.hpp>
#include <pith/graph/simulate.hpp>
#include <pith/quantize/post_training.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

data::dataset glyphs(const char* spec) {
    auto images = data::open_dataset(spec, {.normalize = *data::parse_normalization("unit")});
    REQUIRE(images);
    return *std::move(images);
}

template <class Run>
double accuracy(const data::dataset& images, std::size_t count, const Run& run) {
    std::size_t right = 0;
    for (std::size_t i = 0; i < count; ++i) {
        any_tensors<float> x;
        x.emplace_back(data::sample(images, i, shape{1, 28, 28, 1}));
        const auto out = run(x);
        REQUIRE(out);
        const auto y = std::get<0>((*out)[0]).data();
        right += std::max_element(y.begin(), y.end()) - y.begin() == images.label(i);
    }
    return static_cast<double>(right) / static_cast<double>(count);
}

} // namespace

TEST_CASE("glyphs net: trained for seconds it reads unseen glyphs, in codes as in floating point") {
    const auto g = examples::glyphs_net{}.fit().and_then(passes::simplify{});
    REQUIRE(g);
    const auto test = glyphs("glyphs");
    const auto train = glyphs("glyphs-train");
    const auto q = quantize::post_training{.calibration = data::samples_of(train, shape{1, 28, 28, 1}),
                                           .samples = 64}(*g);
    REQUIRE(q);
    for (const auto& e : executions_of(*q))
        CHECK(e.how != execution::real);
    const double real = accuracy(test, 400, [&](const auto& x) { return evaluate(*g, x); });
    const double codes = accuracy(test, 400, [&](const auto& x) { return simulate(*q, x); });
    CHECK(real > 0.96);
    CHECK(codes > real - 0.01);
}
