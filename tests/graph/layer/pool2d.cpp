// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>
#include <span>

#include <doctest/doctest.h>

#include <pith/graph/layer/pool2d.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

namespace {

/// Pixels on padding are marked, those beyond it are not there.
template <class T>
tensor<T> naive(const pool2d& p, const tensor<T>& x) {
    const shape out = infer_layer(p, std::span<const value_info>(infos_of<T>({x})))->front().dims;
    tensor<T> y(out);
    const std::int64_t high = x.dims()[1];
    const std::int64_t wide = x.dims()[2];
    for (std::size_t i = 0; i < y.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i);
        const std::int64_t c = at % out[3];
        const std::int64_t column = at / out[3] % out[2];
        const std::int64_t row = at / out[3] / out[2] % out[1];
        const std::int64_t n = at / out.product(1, 4);
        double sum = 0;
        double best = static_cast<double>(std::numeric_limits<T>::lowest());
        int inside = 0;
        int padded = 0;
        for (std::int64_t j = 0; j < p.kernel[0]; ++j)
            for (std::int64_t k = 0; k < p.kernel[1]; ++k) {
                const std::int64_t r = row * p.strides[0] + j * p.dilations[0] - p.pads[0];
                const std::int64_t q = column * p.strides[1] + k * p.dilations[1] - p.pads[1];
                padded += r < high + p.pads[2] && q < wide + p.pads[3] ? 1 : 0;
                if (r < 0 || q < 0 || r >= high || q >= wide)
                    continue;
                ++inside;
                const auto v = static_cast<double>(x(n, r, q, c));
                sum += v;
                best = std::max(best, v);
            }
        y[i] = static_cast<T>(p.op == pool_op::max ? best : sum / (p.count_include_pad ? padded : inside));
    }
    return y;
}

} // namespace

TEST_CASE("pooling equals nested loops") {
    random_bits bits(2);
    for (const auto op : {pool_op::max, pool_op::average})
        for (const bool ceil : {false, true})
            for (const bool include : {false, true})
                for (const std::uint32_t dilation : {1u, 2u}) {
                    const pool2d p{.op = op,
                                   .kernel = {3, 2},
                                   .strides = {2, 2},
                                   .pads = {1, 0, 0, 1},
                                   .dilations = {dilation, 1},
                                   .ceil_mode = ceil,
                                   .count_include_pad = include};
                    const auto x = random_tensor<double>({2, 8, 9, 3}, bits);
                    CHECK(difference(run_one<double>(p, {x}), naive(p, x)) < 1e-14);
                }
}

TEST_CASE("a partial last window must begin inside the image or its leading padding") {
    const auto rows = [](pool2d p, std::int64_t size) {
        const auto out = infer_layer(p, std::span<const value_info>(value_infos{{{1, size, size, 1}}}));
        return out ? (*out)[0].dims[1] : -1;
    };
    CHECK(rows({.kernel = {3, 3}, .strides = {2, 2}, .ceil_mode = true}, 4) == 2);
    CHECK(rows({.kernel = {3, 3}, .strides = {2, 2}, .ceil_mode = false}, 4) == 1);
    CHECK(rows({.kernel = {1, 1}, .strides = {2, 2}, .ceil_mode = true}, 2) == 1);
    CHECK(rows({.kernel = {1, 1}, .strides = {2, 2}, .ceil_mode = true}, 3) == 2);
    CHECK(rows({.kernel = {2, 2}, .strides = {3, 3}, .pads = {1, 1, 1, 1}, .ceil_mode = true}, 3) == 2);
}

TEST_CASE("global pooling") {
    const auto x = counted<float>({2, 2, 3, 2});
    const tensor<float> mean({2, 1, 1, 2}, {5, 6, 17, 18});
    CHECK(run_one<float>(pool2d{.op = pool_op::average, .global = true}, {x}) == mean);
    const tensor<float> most({2, 1, 1, 2}, {10, 11, 22, 23});
    CHECK(run_one<float>(pool2d{.op = pool_op::max, .global = true}, {x}) == most);
}

TEST_CASE("maxima of whole numbers") {
    const integers x({1, 2, 2, 1}, {-4, -3, -9, -5});
    CHECK(run_whole(pool2d{.kernel = {2, 2}}, {x}) == integers({1, 1, 1, 1}, -3));
    CHECK_FALSE(refusal(pool2d{.op = pool_op::average}, {{1, 2, 2, 1}}, format::dtype::i64).empty());
}

TEST_CASE("pooling refuses what does not fit") {
    CHECK_FALSE(refusal(pool2d{.kernel = {3, 3}}, {{1, 2, 2, 1}}).empty());
    CHECK_FALSE(refusal(pool2d{.kernel = {0, 1}}, {{1, 2, 2, 1}}).empty());
    CHECK_FALSE(refusal(pool2d{.strides = {1, 0}}, {{1, 2, 2, 1}}).empty());
    CHECK_FALSE(refusal(pool2d{}, {{2, 2, 1}}).empty());
}

TEST_CASE("a window far beyond the image costs no more than the image") {
    pool2d p{.op = pool_op::average, .kernel = {1u << 24, 1u << 24}, .count_include_pad = true};
    p.pads = {1u << 23, 1u << 23, 1u << 23, 1u << 23};
    tensor<float> x({1, 3, 2, 1});
    std::fill(x.data().begin(), x.data().end(), 0x1p40F);
    const auto y = run_one<float>(p, {x});
    REQUIRE(y.dims() == shape{1, 4, 3, 1});
    CHECK(y[0] == 0x1p-8F * 6); // of 2^48 taps
    p.op = pool_op::max;
    CHECK(run_one<float>(p, {x})[5] == 0x1p40F);
}
