// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <pith/data/spec.hpp>
#include <pith/graph/builder.hpp>
#include <pith/io/file.hpp>
#include <pith/train/divergence.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/models.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

/// The first images of the glyphs, their pixels 0 to 255.
struct few_glyphs {
    data::dataset all = *data::open_dataset("glyphs-train");
    std::size_t count = 128;

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return all.label(i); }
    [[nodiscard]] const shape& dims() const { return all.dims(); }
    void image(std::size_t i, std::span<float> out) const { all.image(i, out); }
};

train::trainer<float> small_trainer(double rate, std::uint64_t epochs = 1) {
    return *train::trainer<float>::make(
        *train::mlp{.hidden = {16}}.build<float>(1),
        {.tape = {.batch = 32}, .schedule = train::constant_rate{}, .rate = rate, .epochs = epochs});
}

bool says(const fault& f, std::string_view words) {
    return std::string_view(f.where).find(words) != std::string_view::npos;
}

/// Finite itself, its last gradient of an epoch not.
struct endless_gradient {
    std::size_t batches = 4;
    mutable std::size_t calls = 0;

    template <class T>
    T operator()(train::rows<const T> logits, train::labels_view labels, train::rows<T> gradient) const {
        const T loss = train::cross_entropy{}(logits, labels, gradient);
        if (++calls == batches)
            gradient.data[0] = std::numeric_limits<T>::infinity();
        return loss;
    }
};

} // namespace

TEST_CASE("divergence: numbers and losses") {
    const float good[] = {0.f, -1.f, 3e38f};
    const float bad[] = {0.f, std::numeric_limits<float>::infinity()};
    CHECK(train::all_finite<float>(std::span<const float>(good)));
    CHECK(!train::all_finite<float>(std::span<const float>(bad)));
    CHECK(!train::has_exploded(9999, 0.01));
    CHECK(train::has_exploded(10001, 0.01));
    CHECK(!train::has_exploded(10001, 2.3));
    CHECK(train::has_exploded(1e30, 200));
}

TEST_CASE("fit: a training that diverges is refused with its place, and its checkpoint stays") {
    const few_glyphs data;
    const std::string path = "pith_test_divergence.checkpoint";
    auto begun = small_trainer(1e-6);
    REQUIRE(train::fit(begun, data, data, train::cross_entropy{}, {.checkpoint = path}));
    const auto kept = *io::read_file(path);
    for (const double rate : {100., 1e30}) {
        auto t = small_trainer(rate, 3);
        const auto last = train::fit(t, data, data, train::cross_entropy{}, {.checkpoint = path});
        REQUIRE(!last);
        CHECK(last.error().code == errc::diverged);
        CHECK(says(last.error(), "the loss became "));
        CHECK(says(last.error(), "in epoch 1, batch "));
        CHECK(says(last.error(), rate == 100 ? "at learning rate 100; try 50" : "at learning rate 1e+30"));
        CHECK(*io::read_file(path) == kept);
    }
    std::remove(path.c_str());
}

TEST_CASE("fit: what no loss shows is seen in the outputs, and at the end of an epoch in the parameters") {
    const few_glyphs data;
    auto hinged = small_trainer(0.01);
    hinged.network_tape().parameter_values()[0] = std::numeric_limits<float>::quiet_NaN();
    const auto hidden = train::fit(hinged, data, data, train::squared_hinge{});
    REQUIRE(!hidden);
    CHECK(says(hidden.error(), "an output became not finite in epoch 1, batch 1,"));

    const std::string path = "pith_test_divergence_end.checkpoint";
    auto t = small_trainer(0.01);
    const auto ended = train::fit(t, data, data, endless_gradient{}, {.checkpoint = path});
    REQUIRE(!ended);
    CHECK(says(ended.error(), "a parameter became not finite in epoch 1, batch 4,"));
    CHECK(!io::read_file(path));
}

TEST_CASE("trainer: outputs that are not classes, and data that do not fit, are told") {
    const train::on_labels<> labels_wanted;
    graph_builder<float> image;
    const auto y = image.conv(image.input({1, 28, 28, 1}), {.out = 4});
    auto flat = *train::trainer<float>::make(*std::move(image).finish({y}), {.tape = {.batch = 32}});
    const auto refused = flat.check(few_glyphs{}, labels_wanted);
    REQUIRE(!refused);
    CHECK(says(refused.error(), "[32, 26, 26, 4]"));
    const auto absent = flat.check(few_glyphs{}, train::on_labels<>{.loss = {}, .output = 1});
    REQUIRE(!absent);
    CHECK(says(absent.error(), "output 1 of 1"));

    auto five = *train::trainer<float>::make(*train::mlp{.classes = 5}.build<float>(1), {});
    const auto labels = five.check(few_glyphs{}, labels_wanted);
    REQUIRE(!labels);
    CHECK(says(labels.error(), ", classes 0 to 4"));
    auto coloured = *train::trainer<float>::make(*train::build_model<float>("resnet8"), {});
    const auto images = coloured.check(few_glyphs{});
    REQUIRE(!images);
    CHECK(says(images.error(), "[28, 28, 1] for [32, 32, 3]"));
}
