// SPDX-License-Identifier: MIT
#include <cmath>
#include <string>

#include <doctest/doctest.h>
#include <pith/train/models.hpp>

using namespace pith;

TEST_CASE("models: every name builds a network, with the classes and the input that are given") {
    for (const char* const name : {"lenet5", "mlp", "resnet8", "resnet20", "resnet32", "resnet56",
                                   "vgg-small", "ds-cnn", "mobilenet-v1"}) {
        INFO(std::string(name));
        const auto grey = train::build_model<float>(name, 1, 10, {1, 28, 28, 1});
        REQUIRE(grey);
        CHECK((*grey)[grey->inputs[0]].dims == shape{1, 28, 28, 1});
        CHECK((*grey)[grey->outputs[0]].dims == shape{1, 10});
    }
    const auto hundred = train::build_model<float>("resnet8", 1, 100);
    REQUIRE(hundred);
    CHECK((*hundred)[hundred->inputs[0]].dims == shape{1, 32, 32, 3});
    CHECK((*hundred)[hundred->outputs[0]].dims == shape{1, 100});
    CHECK(!train::build_model<float>("resnet21"));
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
