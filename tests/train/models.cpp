// SPDX-License-Identifier: MIT
#include <cmath>
#include <string>

#include <doctest/doctest.h>
#include <pith/graph/infer.hpp>
#include <pith/graph/measure.hpp>
#include <pith/train/models.hpp>

using namespace pith;

namespace {

std::size_t weights_of(const graph<float>& g) {
    std::size_t n = 0;
    for (const auto& l : train::learned_constants(g))
        n += g[l.id].reals()->size();
    return n;
}

} // namespace

TEST_CASE("models: as many parameters as their papers say") {
    const std::pair<const char*, std::size_t> expected[] = {
        {"lenet5", 431080},
        {"mlp", 266610},
        {"resnet20", 272474}, // 269722 of He's, and 2752 of the
                              // two projections
        {"resnet8", 78042},
        {"vgg-small", 4660106},
        {"ds-cnn", 23180},
        {"mobilenet-v1", 213586},
    };
    for (const auto& model : expected) {
        auto g = train::build_model<float>(model.first);
        INFO(std::string(model.first));
        REQUIRE(g);
        CHECK(weights_of(*g) == model.second);
        REQUIRE(set_batch(*g, 3));
        CHECK((*g)[g->outputs[0]].dims[0] == 3);
    }
    CHECK(!train::build_model<float>("resnet21"));
    const auto hundred = train::build_model<float>("resnet8", 1, 100);
    REQUIRE(hundred);
    CHECK((*hundred)[hundred->outputs[0]].dims == shape{1, 100});
    CHECK(!train::resnet{.depth = 21}.build<float>(1));
    for (const auto& model : expected) {
        INFO(std::string(model.first));
        const auto grey = train::build_model<float>(model.first, 1, 10, {1, 28, 28, 1});
        REQUIRE(grey);
        CHECK((*grey)[grey->inputs[0]].dims == shape{1, 28, 28, 1});
        CHECK((*grey)[grey->outputs[0]].dims == shape{1, 10});
    }
    CHECK(!train::build_model<float>("lenet5", 1, 10, {1, 4, 4, 1}));
}

TEST_CASE("initialize: weights have He's variance, the rest its start; another seed gives other weights") {
    const auto g = *train::build_model<float>("resnet20", 1);
    for (const auto& l : train::learned_constants(g)) {
        const auto& t = *g[l.id].reals();
        double square = 0;
        for (const float v : t.data())
            square += static_cast<double>(v) * static_cast<double>(v) / static_cast<double>(t.size());
        if (l.kind == train::role::weight && t.size() > 2000) {
            const double in = static_cast<double>(t.size()) / static_cast<double>(t.dims()[0]);
            CHECK(square == doctest::Approx(2 / in).epsilon(0.1));
        } else if (l.kind != train::role::weight) {
            CHECK(square == (l.kind == train::role::norm_scale ? 1 : 0));
        }
    }
    CHECK(!(*g[train::learned_constants(g)[0].id].reals() ==
            *(*train::build_model<float>("resnet20", 2))[train::learned_constants(g)[0].id].reals()));
}
