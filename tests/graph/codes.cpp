// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <pith/graph/codes.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

namespace {

constexpr format::affine_codes bytes{.lowest = -127, .highest = 127};

value<float> weights(tensor<float> w, encoding e) {
    value<float> v;
    v.dims = w.dims();
    v.constant = std::move(w);
    v.encoded = std::move(e);
    return v;
}

} // namespace

TEST_CASE("weight codes are the nearest ones of their slice, ties to even, saturating") {
    const auto v =
        weights(tensor<float>({2, 3}, {1.5f, -2.5f, 300, 0.25f, -0.75f, -1000}), {bytes, {1.f, 0.5f}, 0});
    REQUIRE(has_weight_codes(v));
    CHECK(weight_codes(v) == std::vector<std::int8_t>{2, -2, 127, 0, -2, -127});
    CHECK(weight_scales(v) == std::vector<float>{1.f, 0.5f});
    CHECK(round_to_codes(v) == tensor<float>({2, 3}, {2, -2, 127, 0, -1, -63.5f}));
    const auto one = weights(tensor<float>({2, 1}, {3, 4}), {bytes, {2.f}});
    REQUIRE(has_weight_codes(one));
    CHECK(weight_scales(one) == std::vector<float>{2.f, 2.f});
    CHECK(weight_codes(one) == std::vector<std::int8_t>{2, 2});
}

TEST_CASE("what are no weight codes") {
    const tensor<float> w({2, 1});
    CHECK_FALSE(has_weight_codes(weights(w, {format::affine_codes{1, -127, 127}, {1, 1}, 0})));
    CHECK_FALSE(has_weight_codes(weights(w, {bytes, {1, 1}, 1})));
    CHECK_FALSE(has_weight_codes(weights(w, {bytes, {1, 0}, 0})));
    CHECK_FALSE(has_weight_codes(weights(w, {format::affine_codes{}, {1}})));
    value<float> plain;
    plain.dims = {2, 1};
    plain.constant = w;
    CHECK_FALSE(has_weight_codes(plain));
}

TEST_CASE("levels: the nearest one, the one nearer to zero of two") {
    const encoding e{format::codebook{{-8, -4, -2, 0, 2, 4, 8}, 7}, {0.5f}};
    CHECK(e.encode(0, 0.4f) == 0);
    CHECK(e.encode(0, 0.5f) == 0);
    CHECK(e.encode(0, 0.51f) == 2);
    CHECK(e.encode(0, -0.5f) == 0);
    CHECK(e.encode(0, -1.5f) == -2);
    CHECK(e.encode(0, -1.51f) == -4);
    CHECK(e.encode(0, 3.f) == 4);
    CHECK(e.encode(0, 100.f) == 8);
    CHECK(e.encode(0, -100.f) == -8);
    const auto v = weights(tensor<float>({1, 3}, {0.9f, -3.2f, 0.1f}), e);
    REQUIRE(has_weight_codes(v));
    CHECK(weight_codes(v) == std::vector<std::int8_t>{2, -8, 0});
    CHECK(round_to_codes(v) == tensor<float>({1, 3}, {1, -4, 0}));
}

TEST_CASE("levels that are no levels") {
    const tensor<float> w({2, 1});
    CHECK(has_weight_codes(weights(w, {format::codebook{{-1, 1}, 2}, {1}})));
    CHECK(has_weight_codes(weights(w, {format::binary{}, {1}})));
    CHECK_FALSE(has_weight_codes(weights(w, {format::codebook{{1, -1}, 2}, {1}})));
    CHECK_FALSE(has_weight_codes(weights(w, {format::codebook{{-1, 1}, 0}, {1}})));
    CHECK_FALSE(has_weight_codes(weights(w, {format::codebook{{-1, 1}, 2, 3}, {1}})));
    CHECK_FALSE(has_weight_codes(weights(w, {format::binary{-3}, {1}})));
}

TEST_CASE("activation codes are per tensor and unsigned") {
    value<float> v;
    CHECK_FALSE(codes_of(v).has_value());
    v.encoded = encoding::per_tensor({.scale = 0.5f, .zero = 3});
    REQUIRE(codes_of(v).has_value());
    CHECK(codes_of(v)->zero == 3);
    v.type = format::dtype::i64;
    CHECK_FALSE(codes_of(v).has_value());
    v.type = format::dtype::f32;
    v.encoded = encoding::per_tensor({.scale = 0.5f, .zero = 0, .lowest = -128, .highest = 127});
    CHECK_FALSE(codes_of(v).has_value());
    v.encoded = encoding::per_tensor({.scale = std::numeric_limits<float>::infinity()});
    CHECK_FALSE(codes_of(v).has_value());
    v.encoded = encoding{format::affine_codes{}, {1, 1}, 0};
    CHECK_FALSE(codes_of(v).has_value());
}

TEST_CASE("tensors are encoded and decoded element by element") {
    const format::affine a{.scale = 0.25f, .zero = 10};
    const tensor<double> x({4}, {0, 1, -100, 0.125});
    const auto codes = encode_tensor(encoding::per_tensor(a), x);
    CHECK(codes == tensor<std::uint8_t>({4}, {10, 14, 0, 10}));
    CHECK(decode_tensor<double>(a, codes) == tensor<double>({4}, {0, 1, -2.5, 0}));
}

TEST_CASE("tables of functions") {
    const format::affine from{.scale = 0.05f, .zero = 128};
    const format::affine to{.scale = 1.f / 256, .zero = 0};
    const auto sigmoid = make_table({unary_op::sigmoid}, from, encoding::per_tensor(to));
    for (int code = 0; code < 256; ++code) {
        const double x = static_cast<double>(static_cast<float>(code - 128) * 0.05f);
        const double y = std::nearbyint(256 / (1 + std::exp(-x)));
        CHECK(sigmoid[static_cast<std::size_t>(code)] == static_cast<int>(y > 255 ? 255 : y));
    }
    const auto same = make_recoding(from, from);
    for (std::size_t code = 0; code < 256; ++code)
        CHECK(same[code] == code);
}

TEST_CASE("biases and factors") {
    const tensor<float> bias({2}, {1, -1});
    const std::vector<float> scales{0.5f, 0.25f};
    CHECK(bias_codes(&bias, 0.1f, scales) == std::vector<std::int32_t>{20, -40});
    CHECK(bias_codes<float>(nullptr, 0.1f, scales) == std::vector<std::int32_t>{0, 0});
    CHECK(output_factors(0.5f, scales, format::affine{.scale = 2}) == std::vector<float>{0.125f, 0.0625f});
    CHECK(output_factors(0.5f, scales, std::nullopt) == std::vector<float>{0.25f, 0.125f});
}
