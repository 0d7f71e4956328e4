// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/carry.hpp>
#include <pith/graph/layer_list.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

using namespace pith;

namespace {

using any = layer_list::any;
constexpr format::affine_codes nibbles{.lowest = -7, .highest = 7};

value<float> constant(tensor<float> x, encoding e) {
    value<float> v;
    v.dims = x.dims();
    v.constant = std::move(x);
    v.encoded = std::move(e);
    return v;
}
bool scales(const value<float>& v, const std::vector<double>& factors) {
    return can_scale_rows(v, std::span<const double>(factors));
}

} // namespace

TEST_CASE("carry: codes stay through any factor, however its products are rounded") {
    tensor<float> x({4, 1024});
    for (std::size_t i = 0; i < x.size(); ++i) // every fourth next to the border of two codes
        x[i] = (static_cast<float>(i % 29) / 2.F - 7.F) * (i % 4 == 0 ? 0.30000001F : 0.3F);
    const std::vector<double> factors{0.1, -1e-3, 7.7, -1. / 3};
    auto v = constant(x, {nibbles, {0.3F}});
    const auto before = weight_codes(v);
    REQUIRE(scales(v, factors));
    scale_rows(v, std::span<const double>(factors));
    REQUIRE(has_weight_codes(v));
    const auto after = weight_codes(v);
    for (std::size_t i = 0; i < before.size(); ++i)
        REQUIRE(int{after[i]} == (factors[i / 1024] < 0 ? -1 : 1) * int{before[i]});
    CHECK(v.encoded.scales[2] == static_cast<float>(static_cast<double>(0.3F) * 7.7));
    CHECK(static_cast<double>((*v.reals())[1]) == doctest::Approx(static_cast<double>(x[1]) * 0.1));
}

TEST_CASE("carry: a factor of nothing leaves a scale that can be divided by") {
    auto v = constant(tensor<float>({2, 2}, {1, -1, 1, 1}), {format::binary{}, {0.5F, 0.25F}, 0});
    const std::vector<double> factors{0., 2.};
    REQUIRE(scales(v, factors));
    scale_rows(v, std::span<const double>(factors));
    REQUIRE(has_weight_codes(v));
    CHECK(weight_codes(v) == std::vector<std::int8_t>{1, -1, 1, 1});
    CHECK(v.encoded.scales[0] < 1e-29F);
    CHECK(v.encoded.scales[1] == 0.5F);
}

TEST_CASE("carry: what scales cannot follow") {
    const auto v = constant(tensor<float>({2, 2}, {1, -1, 1, 1}), {nibbles, {0.5F}});
    CHECK(scales(v, {1, 2}));
    CHECK_FALSE(scales(v, {1, std::numeric_limits<double>::infinity()}));
    CHECK_FALSE(scales(v, {1, std::numeric_limits<double>::quiet_NaN()}));
    auto other = v;
    other.encoded.scales = {};
    CHECK_FALSE(scales(other, {1, 2}));
    other.encoded.scales = {1.F, 0.F};
    other.encoded.axis = 0;
    CHECK_FALSE(scales(other, {1, 2}));
    other.encoded = {};
    CHECK(scales(other, {1, std::numeric_limits<double>::infinity()})); // no codes to keep
}

TEST_CASE("carry: zero points turn about themselves") {
    auto v = constant(tensor<float>({1, 3}, {2, 0, -2}), encoding::per_tensor({1.F, 3, 0, 6}));
    const std::vector<double> minus{-1};
    REQUIRE(scales(v, minus));
    scale_rows(v, std::span<const double>(minus));
    CHECK(encode_tensor(v.encoded, *v.reals()) == tensor<std::uint8_t>({1, 3}, {1, 3, 5}));
    v.encoded = encoding::per_tensor({1.F, 0, 0, 6});
    *v.reals() = tensor<float>({1, 3}, {2, 0, 2});
    CHECK_FALSE(scales(v, minus));
}

TEST_CASE("carry: scales follow their axis through transposes and reshapes") {
    const encoding e{nibbles, {1, 2, 3}, 1};
    const auto turned = moved_encoding(any{transpose{{1, 0}}}, e, {2, 3}, {3, 2});
    REQUIRE(turned);
    CHECK(turned->axis == 0);
    CHECK(turned->scales == e.scales);
    const auto apart = moved_encoding(any{reshape{{1, 2, 3, 1}}}, e, {2, 3}, {1, 2, 3, 1});
    REQUIRE(apart);
    CHECK(apart->axis == 2);
    CHECK_FALSE(moved_encoding(any{reshape{{6}}}, e, {2, 3}, {6}));
    CHECK(moved_encoding(any{reshape{{6}}}, {nibbles, {1}}, {2, 3}, {6}));
    CHECK_FALSE(moved_encoding(any{unary{}}, e, {2, 3}, {2, 3}));
    CHECK_FALSE(moved_encoding(any{reshape{{6}}}, {nibbles, {1}, 5}, {2, 3}, {6})); // no such axis
}

TEST_CASE("carry: patterns stay where they still hold, and are zeros anywhere else") {
    using format::sparsity;
    const tensor<float> x({2, 4}, {0, 1, 0, 2, 0, 3, 0, 4});
    const auto pairs = sparsity::n_of_m(1, 2);
    CHECK(moved_sparsity(any{reshape{{1, 2, 4}}}, pairs, {2, 4}, tensor<float>({1, 2, 4})) == pairs);
    CHECK(moved_sparsity(any{reshape{{8}}}, pairs, {2, 4}, tensor<float>({8}, {0, 1, 0, 2, 0, 3, 0, 4})) ==
          pairs);
    const tensor<float> turned({4, 2}, {0, 0, 1, 3, 0, 0, 2, 4});
    CHECK(moved_sparsity(any{transpose{{1, 0}}}, pairs, {2, 4}, turned) == sparsity::free());
    CHECK(moved_sparsity(any{transpose{{1, 0}}}, sparsity::block(2, 1), {2, 4}, turned) ==
          sparsity::block(1, 2));
    CHECK(moved_sparsity(any{transpose{{0, 1}}}, sparsity::block(2, 1), {2, 4}, x) == sparsity::free());
    CHECK(moved_sparsity(any{reshape{{2, 2, 2}}}, sparsity::block(2, 1), {2, 4}, tensor<float>({2, 2, 2})) ==
          sparsity::free());
    CHECK(moved_sparsity(any{transpose{{1, 0}}}, sparsity::free(), {2, 4}, turned) == sparsity::free());
    CHECK(moved_sparsity(any{transpose{{1, 0}}}, {}, {2, 4}, turned).is_dense());
}
