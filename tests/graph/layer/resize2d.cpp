// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/resize2d.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

namespace {

tensor<float> along(resize2d layer, const std::vector<float>& row, std::int64_t size, double scale) {
    layer.sizes = {1, size};
    layer.scales = {1, scale};
    const tensor<float> x({1, 1, static_cast<std::int64_t>(row.size()), 1}, row);
    auto y = run_one<float>(layer, {x});
    y.reshape({size});
    return y;
}

void near(const tensor<float>& got, const std::vector<float>& expected) {
    CHECK(difference(got, tensor<float>({static_cast<std::int64_t>(expected.size())}, expected)) < 1e-5);
}

} // namespace

TEST_CASE("nearest neighbours under each rounding") {
    const auto pick = [](resize_rounding rounding, resize_coordinates coordinates) {
        return along({.coordinates = coordinates, .rounding = rounding}, {0, 1, 2}, 6, 2);
    };
    near(pick(resize_rounding::prefer_floor, resize_coordinates::half_pixel), {0, 0, 1, 1, 2, 2});
    near(pick(resize_rounding::floor, resize_coordinates::asymmetric), {0, 0, 1, 1, 2, 2});
    near(pick(resize_rounding::ceil, resize_coordinates::asymmetric), {0, 1, 1, 2, 2, 2});
    near(pick(resize_rounding::prefer_floor, resize_coordinates::asymmetric), {0, 0, 1, 1, 2, 2});
    near(pick(resize_rounding::prefer_ceil, resize_coordinates::asymmetric), {0, 1, 1, 2, 2, 2});
}

TEST_CASE("linear interpolation under each coordinate rule") {
    const auto line = [](resize_coordinates coordinates) {
        return along({.mode = resize_mode::linear, .coordinates = coordinates}, {1, 2}, 4, 2);
    };
    near(line(resize_coordinates::half_pixel), {1, 1.25f, 1.75f, 2});
    near(line(resize_coordinates::pytorch_half_pixel), {1, 1.25f, 1.75f, 2});
    near(line(resize_coordinates::align_corners), {1, 4.f / 3, 5.f / 3, 2});
    near(line(resize_coordinates::asymmetric), {1, 1.5f, 2, 2});
    near(line(resize_coordinates::half_pixel_symmetric), {1, 1.25f, 1.75f, 2});
}

TEST_CASE("cubic interpolation, with and without what lies outside") {
    const resize2d cubic{.mode = resize_mode::cubic};
    near(along(cubic, {1, 2, 3, 4}, 8, 2), {0.89453125f, 1.19140625f, 1.66796875f, 2.296875f, 2.703125f,
                                            3.33203125f, 3.80859375f, 4.10546875f});
    resize2d sharp = cubic;
    sharp.cubic_a = -0.5;
    sharp.exclude_outside = true;
    const auto y = along(sharp, {1, 2, 3, 4}, 8, 2);
    CHECK(y[3] + y[4] == doctest::Approx(5));
    CHECK(y[0] >= 0.9f);
}

TEST_CASE("both axes and all channels are resized") {
    const auto x = counted<double>({2, 2, 2, 3});
    resize2d layer{.mode = resize_mode::linear, .sizes = {3, 3}, .scales = {1.5, 1.5}};
    layer.coordinates = resize_coordinates::align_corners;
    layer.scales = {1.5, 1.5};
    const auto y = run_one<double>(layer, {x});
    REQUIRE(y.dims() == shape{2, 3, 3, 3});
    for (std::size_t n = 0; n < 2; ++n)
        for (std::size_t c = 0; c < 3; ++c) {
            double mean = 0;
            for (std::size_t p = 0; p < 4; ++p)
                mean += x[(n * 4 + p) * 3 + c] / 4;
            CHECK(y[(n * 9 + 4) * 3 + c] == doctest::Approx(mean));
            CHECK(y[(n * 9 + 8) * 3 + c] == x[(n * 4 + 3) * 3 + c]);
        }
    CHECK(run_whole(resize2d{.sizes = {1, 4}, .scales = {1, 2}}, {integers({1, 1, 2, 1}, {3, 5})}) ==
          integers({1, 1, 4, 1}, {3, 3, 5, 5}));
}

TEST_CASE("resize refuses empty images and scales of nothing") {
    CHECK_FALSE(refusal(resize2d{.sizes = {0, 1}}, {{1, 2, 2, 1}}).empty());
    CHECK_FALSE(refusal(resize2d{.sizes = {2, 2}, .scales = {0, 1}}, {{1, 2, 2, 1}}).empty());
    CHECK_FALSE(refusal(resize2d{.sizes = {2, 2}}, {{1, 0, 2, 1}}).empty());
    CHECK_FALSE(refusal(resize2d{.sizes = {2, 2}}, {{2, 2}}).empty());
}
