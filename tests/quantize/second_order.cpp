// SPDX-License-Identifier: MIT
#include "pith/quantize/second_order.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "few_bits_check.hpp"

using namespace pith;
using namespace pith::quantize;

namespace {

second_order rounding_of(const graph<float>& g) {
    return {.calibration = test::samples_for(g), .samples = 32, .rows = 1024};
}

/// Every constant with signed codes lies exactly on them.
void check_on_codes(const graph<float>& g) {
    for (const auto& v : g.values)
        if (v.is_constant() && v.is_coded())
            CHECK(round_to_codes(v) == *v.reals());
}

void check_nearer(const graph<float>& coded, const graph<float>& real, double factor) {
    std::size_t layers = 0;
    std::size_t kept = 0; // by layers that have few rows
    const auto r = rounding_of(real)(coded, [&](const rounded_layer& l) {
        ++layers;
        kept += l.kept_nearest() ? 1 : 0;
    });
    REQUIRE(r);
    CHECK(layers == 3);
    CHECK(kept < layers);
    check_on_codes(*r);
    CHECK(test::error_of(*r, real) < factor * test::error_of(coded, real));
}

/// Plain, grouped and depthwise convolutions.
graph<float> grouped_net() {
    test::net n;
    const auto x = n.input({1, 8, 8, 4});
    const auto conv = [&](value_id from, shape w, std::uint32_t groups, const char* name) {
        const auto weights = n.constant(test::random_tensor(w, ++n.seed, -0.6f, 0.6f));
        const auto bias = n.constant(test::random_tensor({w[0]}, ++n.seed));
        return n.add(name, conv2d{.pads = {1, 1, 1, 1}, .groups = groups}, {from, weights, bias});
    };
    const auto plain = n.relu("relu1", conv(x, {8, 3, 3, 4}, 1, "plain"));
    const auto halves = n.relu("relu2", conv(plain, {12, 3, 3, 4}, 2, "halves"));
    return n.finish(conv(halves, {12, 3, 3, 1}, 12, "depthwise"));
}

/// A dense layer whose second and third weight are halves of the first, in codes -1, 0 and 1.
struct halves {
    graph<float> real;
    graph<float> coded;

    halves() {
        test::net n;
        const auto x = n.input({1, 3});
        const auto w = n.constant(tensor<float>({1, 3}, {1.f, 0.4f, 0.4f}));
        real = n.finish(n.add("dense", dense{}, {x, w, n.constant(tensor<float>({1}))}));
        coded = *test::few_bits(real, 2)(real);
    }
    /// @param sign of the third input on samples that are held back
    [[nodiscard]] rounded_layer rounded(float sign) {
        const sample_source samples = [=](std::size_t i) {
            tensor<float> x = test::random_tensor({1, 3}, 70 + i);
            x[2] = (i < 56 ? 1.f : sign) * x[1];
            return std::optional<any_tensors<float>>({x});
        };
        std::optional<rounded_layer> seen;
        auto r = second_order{.calibration = samples, .samples = 64, .steps = {.damping = 0.01}}(
            coded, [&](const rounded_layer& l) { seen = l; });
        REQUIRE(r);
        REQUIRE(seen);
        coded = *std::move(r);
        return *seen;
    }
    [[nodiscard]] std::vector<std::int8_t> codes() const {
        return weight_codes(coded[real.nodes[0].inputs[1]]);
    }
};

} // namespace

TEST_CASE("second order: nearer to the float network than nearest rounding") {
    const auto g = test::to_logits();
    for (const auto bits : {std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}})
        check_nearer(*test::few_bits(g, bits)(g), g, 0.4);
}

TEST_CASE("second order: grouped and depthwise layers, and one scale for a whole layer") {
    const auto g = grouped_net();
    check_nearer(*test::few_bits(g, 3)(g), g, 0.7);
    auto one_scale = test::few_bits(g, 3);
    one_scale.per_channel = false;
    const auto coded = one_scale(g);
    REQUIRE(coded);
    check_nearer(*coded, g, 0.7);
    const auto r = rounding_of(g)(*coded);
    REQUIRE(r);
    for (const auto& v : r->values)
        if (v.is_coded())
            CHECK(v.encoded.scales.size() == 1);
}

TEST_CASE("second order: codes of a codebook stay in it") {
    const auto g = test::to_logits();
    auto coded = *test::few_bits(g, 4)(g);
    const std::vector<int> levels{-10, -8, -4, -2, 0, 2, 4, 8, 10};
    for (auto& v : coded.values)
        if (v.is_constant() && v.is_coded()) {
            v.encoded.element = *element_of(levels);
            for (float& s : v.encoded.scales)
                s *= 0.7f;
        }
    check_nearer(coded, g, 0.7);
}

TEST_CASE("second order: what was pruned stays pruned") {
    auto g = test::to_logits();
    for (auto& v : g.values)
        if (v.is_constant() && v.dims.rank() == 4)
            for (std::size_t i = 0; i < v.reals()->size(); i += 2)
                (*v.reals())[i] = 0.f;
    const auto r = rounding_of(g)(*test::few_bits(g, 3)(g));
    REQUIRE(r);
    for (const auto& v : r->values)
        if (v.is_constant() && v.dims.rank() == 4)
            for (std::size_t i = 0; i < v.reals()->size(); i += 2)
                CHECK((*v.reals())[i] == 0.f);
}

TEST_CASE("second order: samples that were held back decide, and nearest codes may win") {
    halves alike;
    CHECK(!alike.rounded(1.f).kept_nearest());
    CHECK(alike.codes() != std::vector<std::int8_t>{1, 0, 0}); // one of the halves is made whole
    halves different;
    const auto seen = different.rounded(-1.f);
    CHECK(seen.kept_nearest());
    CHECK(seen.found > seen.nearest);
    CHECK(different.codes() == std::vector<std::int8_t>{1, 0, 0});
}

TEST_CASE("second order: layers of eight bits, and such as are too deep, keep their weights") {
    const auto g = test::to_logits();
    for (const auto& coded : {*test::few_bits(g, 8)(g), *test::few_bits(g, 4)(g)}) {
        auto round = rounding_of(g);
        round.most_depth = 7;
        const auto r = round(coded, [](const rounded_layer& l) { CHECK(l.kept_nearest()); });
        REQUIRE(r);
        for (std::size_t i = 0; i < coded.values.size(); ++i)
            if (coded.values[i].is_coded() && coded.values[i].is_constant())
                CHECK(r->values[i].constant == coded.values[i].constant);
        CHECK(test::error_of(*r, g) < test::error_of(coded, g)); // biases are corrected
    }
}

TEST_CASE("second order: one sample is enough, if not for much") {
    const auto g = test::to_logits();
    auto round = rounding_of(g);
    round.samples = 1;
    const auto r = round(*test::few_bits(g, 4)(g));
    REQUIRE(r);
    check_on_codes(*r);
}

#ifdef _OPENMP
TEST_CASE("second order: the same bits for any number of threads") {
    const auto g = grouped_net();
    const auto coded = *test::few_bits(g, 3)(g);
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const auto one = rounding_of(g)(coded);
    omp_set_num_threads(3);
    const auto three = rounding_of(g)(coded);
    omp_set_num_threads(threads);
    REQUIRE(one);
    REQUIRE(three);
    for (std::size_t i = 0; i < one->values.size(); ++i) {
        CHECK(one->values[i].constant == three->values[i].constant);
        CHECK(one->values[i].encoded == three->values[i].encoded);
    }
}
#endif

TEST_CASE("second order: refuses what makes no sense") {
    const auto g = test::to_logits();
    const auto samples = test::samples_for(g);
    const auto code = [&](const second_order& a) { return a(g).error().code; };
    CHECK(code({}) == errc::bad_option);
    CHECK(code({.calibration = samples, .samples = 0}) == errc::bad_option);
    CHECK(code({.calibration = samples, .rows = 0}) == errc::bad_option);
    CHECK(code({.calibration = samples, .steps = {.damping = 0.}}) == errc::bad_option);
    CHECK(code({.calibration = samples_from({})}) == errc::missing);
    CHECK(code({.calibration = samples_from({{tensor<float>({1, 2, 2, 3})}})}) == errc::bad_shape);
}
