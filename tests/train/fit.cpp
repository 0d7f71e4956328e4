// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <pith/data/spec.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/train/fit.hpp>
#include <pith/train/models.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

/// A small net with every part of a training in it: convolution, statistics, a residual, a dense layer.
graph<float> small_net() {
    graph_builder<float> b;
    auto x = train::detail::conv_norm(b, b.input({1, 28, 28, 1}),
                                      {.out = 8, .strides = {2, 2}, .pads = {1, 1, 1, 1}});
    x = b.relu(b.add(train::detail::conv_norm(b, x, train::detail::three_by_three(8), false), x));
    x = b.flatten(b.global_average(train::detail::conv_norm(b, x, train::detail::three_by_three(16, 2))));
    return train::initialize{.seed = 3}(*std::move(b).finish({b.fully_connected(x, 10)}));
}

/// The first images of another source.
struct first_images {
    const data::dataset* all;
    std::size_t count;

    [[nodiscard]] std::size_t size() const { return count; }
    [[nodiscard]] std::int32_t label(std::size_t i) const { return all->label(i); }
    [[nodiscard]] const shape& dims() const { return all->dims(); }
    void image(std::size_t i, std::span<float> out) const { all->image(i, out); }
};

train::trainer_options options() {
    return {.tape = {.batch = 32},
            .schedule = train::one_cycle_rate{},
            .rate = 0.1,
            .epochs = 2,
            .seed = 5,
            .change = {.translate = 1},
            .average = train::moving_average{.decay = 0.9}};
}

} // namespace

TEST_CASE("fit: a small net learns drawn digits, and what network() gives classifies as evaluate() said") {
    const data::dataset_options scaled{
        .normalize = {false, {100.f}, {100.f}}, .image = {}, .permutation = {}};
    const auto training = *data::open_dataset("glyphs-train", scaled);
    const auto validation = *data::open_dataset("glyphs", scaled);
    auto o = options();
    o.epochs = 4;
    auto t = *train::trainer<float>::make(small_net(), o);
    std::vector<double> losses;
    const auto last =
        train::fit(t, first_images{&training, 3000}, first_images{&validation, 500},
                   train::cross_entropy{.smoothing = 0.05}, {.report = [&](const train::progress& p) {
                       if (p.validation) {
                           losses.push_back(p.training.loss);
                           CHECK(p.seconds >= 0);
                           CHECK(p.seconds_left >= 0);
                       }
                   }});
    REQUIRE(last);
    REQUIRE(losses.size() == 4);
    CHECK(losses[3] < losses[0]);
    CHECK(last->accuracy > 0.8);
    const auto net = t.network();
    std::size_t right = 0;
    for (std::size_t i = 0; i < 100; ++i) {
        tensor<float> x({1, 28, 28, 1});
        validation.image(i, x.data());
        const any_tensor<float> in[] = {x};
        const auto y = *evaluate(net, in);
        right +=
            train::argmax<float>(std::get<0>(y[0]).data()) == static_cast<std::size_t>(validation.label(i))
                ? 1
                : 0;
    }
    auto again = *train::trainer<float>::make(net, {.tape = {.batch = 32}});
    CHECK(again.evaluate(first_images{&validation, 100})->accuracy ==
          doctest::Approx(static_cast<double>(right) / 100));
}

TEST_CASE("fit: stopped in the middle of an epoch it goes on from its checkpoint to the same bits") {
    const auto all = *data::open_dataset("glyphs-train");
    const first_images data{&all, 200}; // six batches an epoch
    const char* const path = "fit_stop.checkpoint";
    auto whole = *train::trainer<float>::make(small_net(), options());
    REQUIRE(train::fit(whole, data, data));

    auto first = *train::trainer<float>::make(small_net(), options());
    std::size_t batches = 0;
    const train::fit_options eight{.checkpoint = path, .stop = [&] { return ++batches == 8; }};
    const auto stopped = train::fit(first, data, data, train::cross_entropy{}, eight);
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == errc::interrupted);
    CHECK(std::string(stopped.error().where) == "in epoch 2, after batch 2");

    auto second = *train::trainer<float>::make(small_net(), options());
    REQUIRE(train::load_checkpoint(second, path));
    CHECK(second.at().batch == 2);
    REQUIRE(train::fit(second, data, data));
    std::remove(path);
    const auto wanted = whole.memories();
    const auto had = second.memories();
    REQUIRE(had.size() == wanted.size());
    for (std::size_t i = 0; i < had.size(); ++i) {
        REQUIRE(had[i].size() == wanted[i].size());
        CHECK(std::memcmp(had[i].data(), wanted[i].data(), had[i].size_bytes()) == 0);
    }
}

TEST_CASE("reestimate_statistics: running statistics become those of the data") {
    const auto all = *data::open_dataset("glyphs-train");
    graph_builder<float> b;
    const auto x = b.flatten(b.input({1, 28, 28, 1}));
    auto t = *train::trainer<float>::make(*std::move(b).finish({b.fully_connected(b.normalize(x), 10)}),
                                          {.tape = {.batch = 64}});
    const first_images data{&all, 640};
    REQUIRE(t.reestimate_statistics(data, 10));
    std::vector<double> mean(784);
    std::vector<double> square(784);
    std::vector<float> image(784);
    for (std::size_t i = 0; i < 640; ++i) {
        data.image(i, image);
        for (std::size_t k = 0; k < 784; ++k) {
            mean[k] += static_cast<double>(image[k]) / 640;
            square[k] += static_cast<double>(image[k]) * static_cast<double>(image[k]) / 640;
        }
    }
    const auto net = t.network();
    const auto& norm = net.nodes[1].inputs;
    for (std::size_t k = 0; k < 784; k += 37) {
        CHECK((*net[norm[3]].reals())[k] == doctest::Approx(mean[k]).epsilon(1e-4));
        // The mean of variances within batches of 64 misses the little that the batches' means vary.
        CHECK((*net[norm[4]].reals())[k] == doctest::Approx(square[k] - mean[k] * mean[k]).epsilon(0.02));
    }
}

TEST_CASE("trainer: refuses labels, images and options that do not fit") {
    const auto all = *data::open_dataset("glyphs-train");
    CHECK(!train::trainer<float>::make(small_net(), {.epochs = 0}));
    CHECK(!train::trainer<float>::make(small_net(), {.rate = 0}));
    auto t = *train::trainer<float>::make(small_net(), {.tape = {.batch = 32}});
    CHECK(!train::fit(t, first_images{&all, 31}, first_images{&all, 31}));
    auto coloured =
        *train::trainer<float>::make(*train::build_model<float>("resnet8"), {.tape = {.batch = 2}});
    CHECK(!coloured.check(all));
}
