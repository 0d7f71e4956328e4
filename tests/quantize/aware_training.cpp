// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include <doctest/doctest.h>
#include <pith/quantize/aware_training.hpp>
#include <pith/quantize/lsq.hpp>
#include <pith/quantize/straight_through.hpp>
#include <pith/train/models.hpp>
#include <pith/train/tape.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

template <class T, class Q>
shared<const train::quantization<T>> by(Q q, std::size_t slices = 1) {
    return shared_of<quantize::trained_by<Q, T>>(q, slices);
}

template <class T>
result<quantize::aware_network<T>> prepared(std::uint8_t bits, bool per_channel = false) {
    auto g = train::resnet{.depth = 8, .width = 4, .input = {1, 8, 8, 2}, .classes = 3}.build<T>(5);
    REQUIRE(g);
    return quantize::prepare_aware(
        *std::move(g),
        [&](const shape& w) {
            return by<T>(quantize::lsq{.bits = bits}, per_channel ? static_cast<std::size_t>(w[0]) : 1);
        },
        [&](const shape&) { return by<T>(quantize::lsq{.bits = bits, .is_signed = false}); });
}

template <class T>
train::tape<T> tape_of(quantize::aware_network<T> net) {
    auto t = train::tape<T>::make(std::move(net.network), {.batch = 4}, {}, std::move(net.quantized));
    REQUIRE(t);
    random_bits bits(7);
    for (auto& e : t->input())
        e = static_cast<T>(bits.unit() * 2 - 1);
    return *std::move(t);
}

} // namespace

TEST_CASE("aware training: a code in front of every inner layer, shared by those that read one value") {
    const auto net = prepared<float>(4);
    REQUIRE(net);
    std::size_t identities = 0;
    for (const auto& n : net->network.nodes)
        if (const auto* u = std::get_if<unary>(&n.layer))
            identities += u->op == unary_op::identity ? 1 : 0;
    CHECK(identities == 6);             // two of each block; a shortcut shares its block's
    CHECK(net->quantized.size() == 14); // and eight weights
}

TEST_CASE("aware training: sums of codes are whole numbers, scaled once") {
    for (const bool per_channel : {false, true}) {
        auto tape = tape_of(*prepared<float>(4, per_channel));
        REQUIRE(tape.forward());
        for (const auto& q : tape.quantized()) {
            CHECK(q.scale(0) > 0);
            for (const auto c : q.codes.all()) {
                CHECK(c == std::nearbyint(c));
                CHECK(c >= -8);
                CHECK(c <= 7);
            }
        }
    }
}

TEST_CASE("aware training: with very many levels it is the float network, gradients too") {
    auto g = train::resnet{.depth = 8, .width = 4, .input = {1, 8, 8, 2}, .classes = 3}.build<double>(5);
    REQUIRE(g);
    auto plain = tape_of<double>({*g, {}});
    auto net = quantize::prepare_aware(
        *g,
        [](const shape& w) {
            return by<double>(quantize::straight_through{}, static_cast<std::size_t>(w[0]));
        },
        [](const shape&) { return by<double>(quantize::straight_through{.is_signed = false}); });
    REQUIRE(net);
    auto aware = tape_of(*std::move(net));
    REQUIRE(plain.forward());
    REQUIRE(aware.forward());
    double apart = 0;
    double length = 0;
    for (std::size_t i = 0; i < plain.output().size(); ++i) {
        apart += std::abs(plain.output()[i] - aware.output()[i]);
        length += std::abs(plain.output()[i]);
    }
    CHECK(apart < 0.05 * length);
    for (auto* t : {&plain, &aware}) {
        std::fill(t->output_gradient().begin(), t->output_gradient().end(), 0.);
        for (std::size_t i = 0; i < t->output_gradient().size(); ++i)
            t->output_gradient()[i] = static_cast<double>(i % 5) - 2;
        t->backward();
    }
    double product = 0;
    double a = 0;
    double b = 0;
    for (std::size_t k = 0; k < plain.parameters().size(); ++k)
        for (std::size_t i = 0; i < plain.parameters()[k].gradient.size(); ++i) {
            const double x = plain.parameters()[k].gradient[i];
            const double y = aware.parameters()[k].gradient[i];
            product += x * y;
            a += x * x;
            b += y * y;
        }
    CHECK(product / std::sqrt(a * b) > 0.97);
}

TEST_CASE("aware training: the first and the last layer learn in codes where they are given some") {
    auto g = train::resnet{.depth = 8, .width = 4, .input = {1, 8, 8, 2}, .classes = 3}.build<float>(5);
    REQUIRE(g);
    quantize::aware_training all;
    all.first_last = quantize::lsq{.bits = 8};
    all.per_channel = true;
    const auto net = all(*std::move(g));
    REQUIRE(net);
    CHECK(net->quantized.size() == 16); // six values and ten weights
    auto tape = tape_of(*net);
    REQUIRE(tape.forward());
    for (const auto& q : tape.quantized())
        if (!q.codes.all().empty())
            CHECK(q.what.by->scales() == static_cast<std::size_t>(net->network[q.what.id].dims[0]));
    const std::vector<std::vector<any_tensor<float>>> samples{{tensor<float>({1, 8, 8, 2})}};
    const auto committed = quantize::commit_aware(
        tape, {.calibration = quantize::samples_from(samples), .samples = samples.size()});
    REQUIRE(committed);
    const auto outermost = outermost_layers(*committed);
    for (std::size_t k = 0; k < committed->nodes.size(); ++k)
        if (const auto& n = committed->nodes[k]; has_weights(n.layer)) {
            const auto* e = (*committed)[n.inputs[1]].affine();
            REQUIRE(e != nullptr);
            CHECK(e->lowest == (outermost[k] ? -128 : -8));
        }
}

TEST_CASE("aware training: bits are taken away step by step from what was learned in more") {
    auto first = tape_of(*prepared<float>(4));
    REQUIRE(first.forward());
    for (auto& e : first.parameter_values())
        e *= 1.25f; // learned
    auto again = quantize::aware_training{quantize::lsq{.bits = 2},
                                          quantize::lsq{.bits = 2, .is_signed = false}}(first.network());
    REQUIRE(again);
    CHECK(again->quantized.size() == 14);
    std::size_t identities = 0;
    for (const auto& n : again->network.nodes)
        if (const auto* u = std::get_if<unary>(&n.layer))
            identities += u->op == unary_op::identity ? 1 : 0;
    CHECK(identities == 6);
    for (const auto& n : again->network.nodes)
        if (has_weights(n.layer)) {
            const auto& w = again->network[n.inputs[1]];
            const auto& before = first.network().values;
            const auto same = std::any_of(before.begin(), before.end(), [&](const auto& v) {
                return v.name == w.name && v.dims == w.dims && v.reals() != nullptr &&
                       std::equal(v.reals()->data().begin(), v.reals()->data().end(),
                                  w.reals()->data().begin());
            });
            CHECK(same);
        }
}
