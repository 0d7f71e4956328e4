// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <pith/graph/passes/forget_codes.hpp>
#include <pith/quantize/aware.hpp>
#include <pith/quantize/commit.hpp>
#include <pith/quantize/lsq.hpp>
#include <pith/quantize/uniform_ste.hpp>
#include <pith/train/models.hpp>
#include <pith/train/tape.hpp>

#include "support/compiled.hpp"

using namespace pith;

namespace {

template <class T>
graph<T> small_resnet() {
    return *train::resnet{.depth = 8, .width = 4, .input = {1, 8, 8, 2}, .classes = 3}.build<T>(5);
}

template <class T>
result<graph<T>> prepared(std::uint8_t bits, bool per_channel = false) {
    return quantize::aware{.weights = quantize::lsq{.bits = bits},
                           .activations = quantize::lsq{.bits = bits},
                           .per_channel = per_channel}(small_resnet<T>());
}

template <class T>
train::tape<T> tape_of(graph<T> net) {
    auto t = train::tape<T>::make(std::move(net), {.batch = 4});
    REQUIRE(t);
    random_bits bits(7);
    for (auto& e : t->input())
        e = static_cast<T>(bits.unit() * 2 - 1);
    return *std::move(t);
}

quantize::post_training one_sample() {
    return {.calibration = quantize::samples_from({{tensor<float>({1, 8, 8, 2})}})};
}

} // namespace

TEST_CASE("aware training: a code in front of every inner layer, shared by those that read one value") {
    const auto net = prepared<float>(4);
    REQUIRE(net);
    std::size_t identities = 0;
    for (const auto& n : net->nodes)
        if (const auto* u = std::get_if<unary>(&n.layer))
            identities += u->op == unary_op::identity ? 1 : 0;
    CHECK(identities == 6);                           // two of each block; a shortcut shares its block's
    CHECK(train::values_in_codes(*net).size() == 14); // and eight weights
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
    auto plain = tape_of(small_resnet<double>());
    auto net = quantize::aware{.weights = quantize::uniform_ste{},
                               .activations = quantize::uniform_ste{},
                               .per_channel = true}(small_resnet<double>());
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
    const quantize::aware all{.per_channel = true, .first_last = quantize::lsq{.bits = 8}};
    const auto net = all(small_resnet<float>());
    REQUIRE(net);
    CHECK(train::values_in_codes(*net).size() == 16); // six values and ten weights
    auto tape = tape_of(*net);
    REQUIRE(tape.forward());
    for (const auto& q : tape.quantized())
        if (!q.codes.all().empty())
            CHECK(q.by->scales() == static_cast<std::size_t>((*net)[q.id].dims[0]));
    const auto committed = quantize::commit{one_sample()}(tape.network());
    REQUIRE(committed);
    const auto outermost = first_last_layers(*committed);
    for (std::size_t k = 0; k < committed->nodes.size(); ++k)
        if (const auto& n = committed->nodes[k]; has_weights(n.layer)) {
            const auto& e = (*committed)[n.inputs[1]].encoded;
            REQUIRE(e.is_coded());
            CHECK(e.codes().lowest == (outermost[k] ? -128 : -8));
        }
}

namespace {

/// A commit of a trained network, folded by passes of one's own.
template <class Fold>
result<graph<float>> committed_by(const Fold& fold) {
    auto tape = tape_of(*prepared<float>(4));
    REQUIRE(tape.forward());
    return quantize::commit_with<Fold>{one_sample(), fold}(tape.network());
}
/// What a commit says when simplify has been at work and then `spoil` on value `id`.
template <class Spoil>
fault refused_after(const Spoil& spoil) {
    const auto g = committed_by([&](graph<float> net) -> result<graph<float>> {
        auto folded = passes::simplify{}(std::move(net));
        if (folded)
            spoil(*folded);
        return folded;
    });
    REQUIRE_FALSE(g.has_value());
    CHECK(g.error().code == errc::unsupported);
    CHECK(std::string(g.error().what).find("learned encoding") != std::string::npos);
    return g.error();
}
value<float>& learned_weights(graph<float>& g) {
    for (const auto& n : g.nodes)
        if (has_weights(n.layer) && g[n.inputs[1]].is_coded())
            return g[n.inputs[1]];
    REQUIRE(false);
    return g[0];
}

} // namespace

TEST_CASE("aware training: what was learned arrives by the passes alone, without a name or a division") {
    auto tape = tape_of(*prepared<float>(4));
    REQUIRE(tape.forward());
    const auto g = committed_by([&](graph<float> net) {
        for (auto& v : net.values)
            v.name = "same";
        return passes::simplify{}(std::move(net));
    });
    REQUIRE(g.has_value());
    std::size_t weights = 0;
    for (const auto& v : g->values) {
        CHECK(v.encoded.mark == 0);
        weights += has_weight_codes(v) && v.encoded.bits() == 4 ? 1 : 0;
    }
    CHECK(weights == 8);
    // The codes of the tape, turned over at most, at scales that are products with the folded factors.
    for (const auto& q : tape.quantized()) {
        const auto& net = tape.network();
        if (net[q.id].reals() == nullptr)
            continue;
        const auto same = std::any_of(g->values.begin(), g->values.end(), [&](const auto& v) {
            if (!has_weight_codes(v) || v.reals()->size() != q.codes.size())
                return false;
            const auto codes = weight_codes(v);
            const std::size_t slice = codes.size() / static_cast<std::size_t>(v.dims[0]);
            for (std::size_t i = 0; i < codes.size(); ++i) {
                const std::size_t first = i / slice * slice;
                std::size_t most = first; // tells the sign of the channel
                while (most + 1 < first + slice && codes[most] == 0)
                    ++most;
                const float sign = codes[most] != 0 && q.codes.data()[most] * codes[most] < 0 ? -1.F : 1.F;
                if (sign * q.codes.data()[i] != static_cast<float>(codes[i]))
                    return false;
            }
            return true;
        });
        CHECK(same);
    }
}

TEST_CASE("aware training: a commit refuses passes that drop or change what was learned") {
    const fault all = refused_after([](graph<float>& g) { g = *passes::forget_codes{}(std::move(g)); });
    CHECK(std::string(all.where).find("14 of 14 missing") != std::string::npos);
    const fault one = refused_after([](graph<float>& g) { learned_weights(g).encoded = {}; });
    CHECK(std::string(one.where).find("1 of 14 missing") != std::string::npos);
    refused_after([](graph<float>& g) { // other codes
        auto& w = learned_weights(g);
        (*w.reals())[0] += 3 * w.encoded.scale(0);
    });
    refused_after([](graph<float>& g) { // another format
        learned_weights(g).encoded.element = format::affine_codes{.lowest = -127, .highest = 127};
    });
    refused_after([](graph<float>& g) { // another range of an activation
        for (auto& v : g.values)
            if (v.is_coded() && !v.is_constant())
                v.encoded.scales[0] *= 2;
    });
    refused_after([](graph<float>& g) { // two values, one encoding
        std::uint32_t last = 0;
        for (auto& v : g.values)
            if (v.is_coded() && !v.is_constant()) {
                v.encoded.mark = last != 0 ? last : v.encoded.mark;
                last = v.encoded.mark;
            }
    });
}

namespace {

/// Levels that are no format of elements.
struct gapped : quantize::lsq {
    template <class T>
    quantize::level_list levels(std::span<const T>) const {
        return {-200, 0, 200};
    }
};
/// A code beside the levels.
struct astray : quantize::lsq {
    template <class T>
    quantize::level_list levels(std::span<const T>) const {
        return {-1, 0, 1};
    }
};

template <class Q>
std::string refused_by_commit(Q q) {
    using mine = std::variant<quantize::lsq, Q>;
    using none = std::variant<std::monostate, quantize::lsq>;
    auto tape =
        tape_of(*quantize::aware_of<mine, none>{.weights = q, .activations = {}}(small_resnet<float>()));
    REQUIRE(tape.forward());
    const auto committed = quantize::commit{one_sample()}(tape.network());
    REQUIRE_FALSE(committed.has_value());
    return committed.error().what;
}

} // namespace

TEST_CASE("aware training: a commit refuses codes that no format holds") {
    CHECK(refused_by_commit(gapped{}).find("must ascend") != std::string::npos);
    CHECK(refused_by_commit(astray{}).find("not among its levels") != std::string::npos);
}

TEST_CASE("aware training: a network that was not trained since is not committed") {
    const auto refused = quantize::commit{one_sample()}(*prepared<float>(4));
    REQUIRE_FALSE(refused.has_value());
    CHECK(std::string(refused.error().what).find("was not trained since") != std::string::npos);
}

TEST_CASE("aware training: bits are taken away step by step from what was learned in more") {
    auto first = tape_of(*prepared<float>(4));
    REQUIRE(first.forward());
    for (auto& e : first.parameter_values())
        e *= 1.25f; // learned
    auto again = quantize::aware{.weights = quantize::lsq{.bits = 2},
                                 .activations = quantize::lsq{.bits = 2}}(first.network());
    REQUIRE(again);
    CHECK(train::values_in_codes(*again).size() == 14);
    std::size_t identities = 0;
    for (const auto& n : again->nodes)
        if (const auto* u = std::get_if<unary>(&n.layer))
            identities += u->op == unary_op::identity ? 1 : 0;
    CHECK(identities == 6);
    for (const auto& n : again->nodes)
        if (has_weights(n.layer)) {
            const auto& w = (*again)[n.inputs[1]];
            const auto& before = first.network().values;
            const auto same = std::any_of(before.begin(), before.end(), [&](const auto& v) {
                return v.name == w.name && v.dims == w.dims && v.reals() != nullptr &&
                       std::equal(v.reals()->data().begin(), v.reals()->data().end(),
                                  w.reals()->data().begin());
            });
            CHECK(same);
        }
}

TEST_CASE(
    "aware training: signs are those of what a rectifier reads, also where maxima of it are taken between") {
    graph_builder<float> b;
    const auto first = b.relu(b.normalize(b.conv(b.input({1, 8, 8, 2}), {.out = 6, .pads = {1, 1, 1, 1}})));
    const auto second = b.relu(b.normalize(b.conv(b.max_pool(first, 2), {.out = 6, .pads = {1, 1, 1, 1}})));
    const auto net =
        quantize::aware{.weights = quantize::binary_weights{}, .activations = quantize::binary_activations{}}(
            *std::move(b).finish({b.fully_connected(b.flatten(b.global_average(second)), 3)}));
    REQUIRE(net);
    auto tape = tape_of(*net);
    REQUIRE(tape.forward());
    std::size_t signs = 0;
    for (const auto& n : tape.network_at_batch().nodes)
        if (const auto* u = std::get_if<unary>(&n.layer); u != nullptr && u->op == unary_op::identity) {
            const auto codes = tape.constant(n.outputs[0]);
            const auto negative = std::count_if(codes.begin(), codes.end(), [](float v) { return v < 0; });
            CHECK(negative > 0);
            CHECK(static_cast<std::size_t>(negative) < codes.size());
            ++signs;
        }
    CHECK(signs == 1);
}

TEST_CASE("aware training: what becomes signs is held in codes of both signs when the network is committed") {
    graph_builder<float> b;
    const auto first = b.relu(b.normalize(b.conv(b.input({1, 8, 8, 2}), {.out = 6, .pads = {1, 1, 1, 1}})));
    const auto second = b.relu(b.normalize(b.conv(first, {.out = 6, .pads = {1, 1, 1, 1}})));
    const auto net =
        quantize::aware{.weights = quantize::binary_weights{}, .activations = quantize::binary_activations{}}(
            *std::move(b).finish({b.fully_connected(b.flatten(b.global_average(second)), 3)}));
    REQUIRE(net);
    const auto committed = quantize::commit{one_sample()}(tape_of(*net).network());
    REQUIRE(committed);
    std::size_t signs = 0;
    for (const auto& n : committed->nodes)
        if (const auto* u = std::get_if<unary>(&n.layer); u != nullptr && u->op == unary_op::identity) {
            const auto codes = codes_of((*committed)[n.inputs[0]]);
            REQUIRE(codes.has_value());
            CHECK(codes->zero > 100);
            CHECK(codes->zero < 150);
            ++signs;
        }
    CHECK(signs == 1);
}
