// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/layer/conv2d.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

namespace {

template <class T>
tensor<T> naive(const conv2d& c, const tensor<T>& x, const tensor<T>& w, const tensor<T>& bias) {
    const auto reach = [](std::int64_t k, std::uint32_t d) { return (k - 1) * d + 1; };
    const std::int64_t in = w.dims()[3];
    const std::int64_t out = w.dims()[0];
    const std::int64_t rows =
        (x.dims()[1] + c.pads[0] + c.pads[2] - reach(w.dims()[1], c.dilations[0])) / c.strides[0] + 1;
    const std::int64_t columns =
        (x.dims()[2] + c.pads[1] + c.pads[3] - reach(w.dims()[2], c.dilations[1])) / c.strides[1] + 1;
    tensor<T> y({x.dims()[0], rows, columns, out});
    std::size_t at = 0;
    for (std::int64_t n = 0; n < x.dims()[0]; ++n)
        for (std::int64_t r = 0; r < rows; ++r)
            for (std::int64_t q = 0; q < columns; ++q)
                for (std::int64_t o = 0; o < out; ++o) {
                    double sum = static_cast<double>(bias[static_cast<std::size_t>(o)]);
                    for (std::int64_t i = 0; i < w.dims()[1]; ++i)
                        for (std::int64_t j = 0; j < w.dims()[2]; ++j)
                            for (std::int64_t k = 0; k < in; ++k) {
                                const std::int64_t row = r * c.strides[0] + i * c.dilations[0] - c.pads[0];
                                const std::int64_t column = q * c.strides[1] + j * c.dilations[1] - c.pads[1];
                                if (row < 0 || row >= x.dims()[1] || column < 0 || column >= x.dims()[2])
                                    continue;
                                const std::int64_t channel = o / (out / c.groups) * in + k;
                                sum += static_cast<double>(x(n, row, column, channel)) *
                                       static_cast<double>(w(o, i, j, k));
                            }
                    y[at++] = static_cast<T>(sum);
                }
    return y;
}

struct sample {
    conv2d layer;
    shape image;
    shape weights;
};

const std::vector<sample> samples{
    {{}, {1, 5, 5, 3}, {4, 3, 3, 3}},
    {{.strides = {2, 2}, .pads = {1, 1, 1, 1}}, {2, 9, 8, 3}, {5, 3, 3, 3}},
    {{.strides = {2, 1}, .pads = {0, 1, 2, 3}, .dilations = {2, 1}}, {1, 9, 7, 2}, {3, 3, 2, 2}},
    {{.pads = {0, 1, 0, 1}}, {1, 1, 17, 4}, {6, 1, 3, 4}},
    {{}, {3, 4, 4, 8}, {16, 1, 1, 8}},
    {{.pads = {1, 1, 1, 1}, .groups = 2}, {1, 6, 6, 6}, {4, 3, 3, 3}},
    {{.strides = {2, 2}, .pads = {0, 0, 1, 1}, .groups = 7}, {2, 8, 8, 7}, {7, 3, 3, 1}},
    {{.pads = {2, 2, 2, 2}, .dilations = {2, 2}, .groups = 3}, {1, 5, 5, 3}, {6, 3, 3, 1}},
    {{.pads = {40, 40, 40, 40}}, {1, 40, 40, 3}, {2, 5, 5, 3}},
};

template <class T>
void compare(double tolerance) {
    random_bits bits(7);
    for (const auto& s : samples) {
        const auto x = random_tensor<T>(s.image, bits);
        const auto w = random_tensor<T>(s.weights, bits);
        const auto bias = random_tensor<T>({s.weights[0]}, bits);
        CHECK(difference(run_one<T>(s.layer, {x, w, bias}), naive(s.layer, x, w, bias)) < tolerance);
        const tensor<T> none({s.weights[0]});
        CHECK(difference(run_one<T>(s.layer, {x, w}), naive(s.layer, x, w, none)) < tolerance);
    }
}

} // namespace

TEST_CASE("conv2d equals seven nested loops, in float and in double") {
    compare<float>(2e-5);
    compare<double>(1e-13);
}

TEST_CASE("conv2d sums of whole numbers are exact in float") {
    random_bits bits(3);
    tensor<float> x({1, 6, 6, 32});
    tensor<float> w({8, 3, 3, 32});
    for (auto& v : x.data())
        v = static_cast<float>(bits.between(-255, 255));
    for (auto& v : w.data())
        v = static_cast<float>(bits.between(-127, 127));
    const conv2d layer{.pads = {1, 1, 1, 1}};
    CHECK(run_one<float>(layer, {x, w}) == naive(layer, x, w, tensor<float>({8})));
}

TEST_CASE("conv2d refuses what does not fit") {
    CHECK(refusal(conv2d{}, {{1, 4, 4, 3}, {2, 3, 3, 3}}).empty());
    CHECK_FALSE(refusal(conv2d{}, {{1, 4, 4, 3}, {2, 3, 3, 4}}).empty());
    CHECK_FALSE(refusal(conv2d{}, {{1, 4, 4, 3}, {2, 5, 3, 3}}).empty());
    CHECK_FALSE(refusal(conv2d{}, {{1, 4, 4, 3}, {2, 3, 3, 3}, {3}}).empty());
    CHECK_FALSE(refusal(conv2d{}, {{4, 4, 3}, {2, 3, 3, 3}}).empty());
    CHECK_FALSE(refusal(conv2d{}, {{1, 4, 4, 3}}).empty());
    CHECK_FALSE(refusal(conv2d{}, {{1, 4, 4, 3}, {2, 3, 3, 3}}, format::dtype::i64).empty());
    CHECK_FALSE(refusal(conv2d{.strides = {0, 1}}, {{1, 4, 4, 3}, {2, 3, 3, 3}}).empty());
    CHECK_FALSE(refusal(conv2d{.groups = 0}, {{1, 4, 4, 3}, {2, 3, 3, 3}}).empty());
    CHECK_FALSE(refusal(conv2d{.groups = 2}, {{1, 4, 4, 6}, {3, 3, 3, 3}}).empty());
    CHECK_FALSE(refusal(conv2d{.dilations = {4000000000u, 1}}, {{1, 4, 4, 3}, {2, 3, 3, 3}}).empty());
}
