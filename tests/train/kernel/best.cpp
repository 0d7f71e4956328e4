// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <pith/graph/builder.hpp>
#include <pith/train/kernel/best.hpp>
#include <pith/train/models.hpp>
#include <pith/train/tape.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

/// Every kernel with whole and partial vectors: grouped, depthwise and dense, strided, padded, with residual.
template <class T>
graph<T> mixed_net() {
    graph_builder<T> b;
    auto x = train::detail::conv_norm(b, b.input({1, 13, 11, 3}), {.out = 20, .pads = {1, 1, 1, 1}});
    auto depthwise = train::detail::three_by_three(20, 2);
    depthwise.groups = 20;
    x = train::detail::conv_norm(b, x, depthwise);
    x = train::detail::conv_norm(b, x, train::detail::pointwise(48));
    auto grouped = train::detail::three_by_three(48);
    grouped.groups = 2;
    x = b.relu(b.add(train::detail::conv_norm(b, x, grouped, false), x));
    x = train::detail::conv_norm(b, x,
                                 {.out = 33, .kernel = {5, 3}, .strides = {2, 1}, .pads = {2, 1, 2, 1}});
    x = b.relu(b.conv(x, {.out = 7, .kernel = {1, 3}}));
    return train::initialize{.seed = 9}(*std::move(b).finish({b.fully_connected(b.flatten(x), 5)}));
}

struct outcome {
    std::vector<double> output;
    std::vector<double> gradients;
    std::vector<double> statistics;
};

template <class T>
outcome train_once(arch::isa_set isa) {
    auto tape = *train::tape<T>::make(mixed_net<T>(), {.batch = 5, .isa = isa});
    random_bits bits(2);
    for (auto& e : tape.input())
        e = static_cast<T>(bits.unit() * 2 - 1);
    REQUIRE(tape.forward());
    for (auto& e : tape.output_gradient())
        e = static_cast<T>(bits.unit() * 2 - 1);
    tape.backward();
    outcome o;
    o.output.assign(tape.output().begin(), tape.output().end());
    for (const auto& p : tape.parameters())
        o.gradients.insert(o.gradients.end(), p.gradient.begin(), p.gradient.end());
    const auto net = tape.network();
    for (const auto& n : net.nodes)
        if (layer_of<batch_norm>(n) != nullptr)
            for (const std::size_t i : {3u, 4u})
                for (const T v : net[n.inputs[i]].reals()->data())
                    o.statistics.push_back(static_cast<double>(v));
    return o;
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    double worst = 0;
    double most = 1e-30;
    for (std::size_t i = 0; i < a.size(); ++i) {
        worst = std::max(worst, std::fabs(a[i] - b[i]));
        most = std::max(most, std::fabs(b[i]));
    }
    return worst / most;
}

} // namespace

TEST_CASE("kernels of training: every instruction set agrees with double precision") {
    const auto expected = train_once<double>(arch::isa::none);
    for (const auto& level : arch::levels) {
        const auto isa = arch::allowed(level, arch::detect());
        INFO(std::string(level.name));
        INFO(std::string(train::kernel::best<float>(isa).name));
        const auto o = train_once<float>(isa);
        CHECK(distance(o.output, expected.output) < 1e-5);
        CHECK(distance(o.gradients, expected.gradients) < 1e-5);
        CHECK(distance(o.statistics, expected.statistics) < 1e-6);
    }
}

TEST_CASE("kernels of training: the first of the list that runs, a whole table of functions each") {
    CHECK(train::kernel::best<float>(arch::isa::none).name == std::string_view("portable"));
    CHECK(train::kernel::best<double>(arch::detect()).name == std::string_view("portable"));
    simd::for_each_supported(train::kernel::lists<float>::all, arch::detect(), [](const auto& e) {
        CHECK(e.run->lanes >= 4);
        CHECK((e.run->conv != nullptr));
        CHECK(train::kernel::best<float>(e.needs).name == std::string_view(e.name));
    });
}

TEST_CASE("kernels of training: the same bits in every run") {
    const auto a = train_once<float>(arch::detect());
    const auto b = train_once<float>(arch::detect());
    CHECK(a.output == b.output);
    CHECK(a.gradients == b.gradients);
}
