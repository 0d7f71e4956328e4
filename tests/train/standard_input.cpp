// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include <doctest/doctest.h>
#include <pith/data/spec.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/models.hpp>
#include <pith/train/standard_input.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

struct first_images {
    const data::dataset* all;
    std::size_t count;

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return all->label(i); }
    [[nodiscard]] const shape& dims() const { return all->dims(); }
    void image(std::size_t i, std::span<float> out) const { all->image(i, out); }
};

tensor<float> answer(const graph<float>& g, const tensor<float>& x) {
    const any_tensor<float> in[] = {x};
    return std::get<0>((*evaluate(g, in))[0]);
}

/// Mean and deviation of glyphs of 0 to 255.
train::standard_input of_glyphs() {
    return {train::statistics_of(*data::open_dataset("glyphs-train"))};
}

/// A convolution and a dense layer on 28 x 28 pixels.
graph<float> small_net(bool padded, bool bias, bool normalized = false) {
    const std::uint32_t pad = padded ? 1 : 0;
    graph_builder<float> b;
    auto x = b.conv(b.input({1, 28, 28, 1}),
                    {.out = 4, .strides = {3, 3}, .pads = {pad, pad, pad, pad}, .bias = bias});
    x = b.relu(normalized ? b.normalize(x) : x);
    return *std::move(b).finish({b.fully_connected(b.flatten(x), 10)});
}

} // namespace

TEST_CASE("standard_input: statistics are those of all numbers") {
    const auto s = of_glyphs().images;
    CHECK(s.mean > 20);
    CHECK(s.mean < 80);
    CHECK(s.deviation > 30);
    CHECK(!s.standard());
    const data::dataset_options scaled{
        .normalize = {false, {static_cast<float>(s.mean)}, {static_cast<float>(s.deviation)}},
        .image = {},
        .permutation = {}};
    const auto again = train::statistics_of(*data::open_dataset("glyphs-train", scaled));
    CHECK(again.mean == doctest::Approx(0).epsilon(1e-3));
    CHECK(again.deviation == doctest::Approx(1).epsilon(1e-3));
    CHECK(again.standard());
}

TEST_CASE("standard_input: wanted where images are far from standard and no normalisation follows") {
    const auto far = of_glyphs();
    CHECK(far.wanted(small_net(false, true)));
    CHECK(far.wanted(*train::build_model<float>("lenet5")));
    CHECK(far.wanted(*train::build_model<float>("mlp")));
    CHECK(!far.wanted(small_net(false, true, true)));
    for (const char* normalized : {"resnet8", "vgg-small", "ds-cnn", "mobilenet-v1"})
        CHECK(!far.wanted(*train::build_model<float>(normalized)));
    CHECK(!train::standard_input{{0.01, 0.99}}.wanted(*train::build_model<float>("lenet5")));
    CHECK(!train::standard_input{{10, 0}}.wanted(*train::build_model<float>("lenet5")));
}

TEST_CASE("standard_input: drawn into the first layer, it gives what the inserted nodes gave") {
    const auto far = of_glyphs();
    tensor<float> x({1, 28, 28, 1});
    data::open_dataset("glyphs")->image(3, x.data());
    for (const auto& g : {small_net(false, true), small_net(true, true), small_net(false, false),
                          *train::build_model<float>("mlp"), *train::build_model<float>("lenet5")}) {
        const auto inserted = far.insert(g);
        REQUIRE(inserted.nodes.size() == g.nodes.size() + 2);
        const auto folded = train::standard_input::fold(inserted);
        CHECK(folded.nodes.size() == g.nodes.size());
        CHECK(folded.values.size() == g.values.size());
        const auto expected = answer(inserted, x);
        const auto got = answer(folded, x);
        for (std::size_t i = 0; i < got.size(); ++i)
            CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-3));
        CHECK(!(answer(g, x) == expected));
    }
}

TEST_CASE("standard_input: nets without normalisations learn pixels of 0 to 255 at the usual rates") {
    const auto training = *data::open_dataset("glyphs-train");
    const auto validation = *data::open_dataset("glyphs");
    const auto far = of_glyphs();
    const auto accuracy = [&](graph<float> g, double rate) {
        REQUIRE(far.wanted(g));
        auto t = *train::trainer<float>::make(far.insert(std::move(g)),
                                              {.tape = {.batch = 32},
                                               .optimizer = train::sgd{.nesterov = true},
                                               .schedule = train::one_cycle_rate{.peak = 0.25},
                                               .rate = rate,
                                               .epochs = 1});
        const auto last = train::fit(t, first_images{&training, 3200}, first_images{&validation, 500});
        REQUIRE(last);
        auto folded = *train::trainer<float>::make(train::standard_input::fold(t.network()), {});
        CHECK(folded.evaluate(first_images{&validation, 500})->accuracy ==
              doctest::Approx(*last->accuracy).epsilon(0.01));
        return *last->accuracy;
    };
    CHECK(accuracy(*train::mlp{.hidden = {64}}.build<float>(1), 0.1) > 0.9);
    CHECK(accuracy(*train::lenet5{.widths = {8, 16, 64}}.build<float>(1), 0.02) > 0.9);
}
