// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include <pith/format/resize.hpp>

using namespace pith::format;

namespace {

/// Which inputs the outputs are, for rules of one tap.
std::vector<std::int32_t> picks(const resize_axis_rule& r) {
    std::vector<std::int32_t> indices(static_cast<std::size_t>(r.output));
    std::vector<float> weights(indices.size());
    resize_axis(r, indices.data(), weights.data());
    return indices;
}

/// The outputs of a line of inputs.
std::vector<double> resized(const resize_axis_rule& r, const std::vector<double>& x) {
    const std::size_t taps = resize_taps(r.mode);
    std::vector<std::int32_t> indices(static_cast<std::size_t>(r.output) * taps);
    std::vector<float> weights(indices.size());
    resize_axis(r, indices.data(), weights.data());
    std::vector<double> y(static_cast<std::size_t>(r.output), 0.0);
    for (std::size_t i = 0; i < indices.size(); ++i)
        y[i / taps] += static_cast<double>(weights[i]) * x[static_cast<std::size_t>(indices[i])];
    return y;
}

void check_close(const std::vector<double>& have, const std::vector<double>& want) {
    REQUIRE(have.size() == want.size());
    for (std::size_t i = 0; i < want.size(); ++i)
        CHECK(std::fabs(have[i] - want[i]) < 1e-5);
}

} // namespace

TEST_CASE("resize: nearest, with the examples of the ONNX standard") {
    using list = std::vector<std::int32_t>;
    CHECK(picks({.input = 2, .output = 4, .scale = 2}) == list{0, 0, 1, 1});
    CHECK(picks({.coordinates = resize_coordinates::asymmetric,
                 .rounding = resize_rounding::floor,
                 .input = 2,
                 .output = 6,
                 .scale = 3}) == list{0, 0, 0, 1, 1, 1});
    // test_resize_downsample_sizes_nearest: 4 columns to 3; test_resize_upsample_sizes_nearest_*: 4 to 8.
    CHECK(picks({.input = 4, .output = 3, .scale = 0.75}) == list{0, 1, 3});
    CHECK(picks({.coordinates = resize_coordinates::align_corners,
                 .rounding = resize_rounding::floor,
                 .input = 4,
                 .output = 8,
                 .scale = 2}) == list{0, 0, 0, 1, 1, 2, 2, 3});
    CHECK(picks({.coordinates = resize_coordinates::asymmetric,
                 .rounding = resize_rounding::ceil,
                 .input = 4,
                 .output = 8,
                 .scale = 2}) == list{0, 1, 1, 2, 2, 3, 3, 3});
    CHECK(picks({.coordinates = resize_coordinates::half_pixel,
                 .rounding = resize_rounding::prefer_ceil,
                 .input = 4,
                 .output = 8,
                 .scale = 2}) == list{0, 0, 1, 1, 2, 2, 3, 3});
}

TEST_CASE("resize: linear, with the examples of the ONNX standard") {
    check_close(resized({.mode = resize_mode::linear, .input = 2, .output = 4, .scale = 2}, {1, 2}),
                {1, 1.25, 1.75, 2});
    check_close(resized({.mode = resize_mode::linear,
                         .coordinates = resize_coordinates::align_corners,
                         .input = 2,
                         .output = 4,
                         .scale = 2},
                        {1, 2}),
                {1, 4.0 / 3, 5.0 / 3, 2});
    check_close(resized({.mode = resize_mode::linear, .input = 4, .output = 2, .scale = 0.6}, {1, 2, 3, 4}),
                {1.0 + 1.0 / 3, 3.0});
    check_close(resized({.mode = resize_mode::linear,
                         .coordinates = resize_coordinates::pytorch_half_pixel,
                         .input = 4,
                         .output = 1,
                         .scale = 0.25},
                        {5, 6, 7, 8}),
                {5});
    check_close(resized({.mode = resize_mode::linear,
                         .coordinates = resize_coordinates::half_pixel_symmetric,
                         .input = 4,
                         .output = 2,
                         .scale = 0.6},
                        {1, 2, 3, 4}),
                {1 + 2.0 / 3, 3 + 1.0 / 3});
}

TEST_CASE("resize: cubic, with the examples of the ONNX standard") {
    // Its images hold 4 * row + column + 1, so one line of them gives the others.
    check_close(resized({.mode = resize_mode::cubic, .input = 4, .output = 8, .scale = 2}, {1, 2, 3, 4}),
                {0.89453125, 1.19140625, 1.66796875, 2.296875, 2.703125, 3.33203125, 3.80859375, 4.10546875});
    check_close(resized({.mode = resize_mode::cubic, .input = 4, .output = 3, .scale = 0.8}, {1, 2, 3, 4}),
                {1.09423828, 2.40429688, 3.70556641});
}

TEST_CASE("resize: weights sum to one, indices stay inside, outside taps are excluded on demand") {
    for (const auto mode : {resize_mode::linear, resize_mode::cubic})
        for (const auto coordinates :
             {resize_coordinates::half_pixel, resize_coordinates::half_pixel_symmetric,
              resize_coordinates::pytorch_half_pixel, resize_coordinates::align_corners,
              resize_coordinates::asymmetric})
            for (const std::int32_t input : {1, 2, 5})
                for (const std::int32_t output : {1, 3, 11})
                    for (const bool exclude : {false, true}) {
                        const resize_axis_rule r{.mode = mode,
                                                 .coordinates = coordinates,
                                                 .input = input,
                                                 .output = output,
                                                 .scale = static_cast<double>(output) / input,
                                                 .exclude_outside = exclude};
                        const std::size_t taps = resize_taps(mode);
                        std::vector<std::int32_t> indices(static_cast<std::size_t>(output) * taps);
                        std::vector<float> weights(indices.size());
                        resize_axis(r, indices.data(), weights.data());
                        for (std::size_t i = 0; i < static_cast<std::size_t>(output); ++i) {
                            double sum = 0;
                            for (std::size_t t = i * taps; t < (i + 1) * taps; ++t) {
                                sum += static_cast<double>(weights[t]);
                                CHECK(indices[t] >= 0);
                                CHECK(indices[t] < input);
                            }
                            CHECK(sum == doctest::Approx(1).epsilon(1e-6));
                        }
                    }
}
