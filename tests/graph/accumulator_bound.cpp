// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/accumulator_bound.hpp>
#include <pith/graph/builder.hpp>
#include <pith/graph/quantized.hpp>

using namespace pith;

namespace {

constexpr std::int64_t int32_most = 2147483647;

/// A dense layer of one output whose weights are all `code` times 1/128, on codes of scale 1.
struct one_output {
    std::int64_t depth = 1;
    std::int32_t code = 127;
    format::affine from{};
    std::vector<float> bias{};

    [[nodiscard]] accumulation sums(sum_cut ways = sum_cut::depth) const {
        value<float> w;
        w.dims = {1, depth};
        w.constant = tensor<float>(w.dims, static_cast<float>(code) / 128.f);
        w.encoded = encoding{format::affine_codes{.lowest = -128, .highest = 127}, {1.f / 128.f}, 0};
        const tensor<float> b({static_cast<std::int64_t>(bias.size())}, bias);
        return accumulate_layer(w, bias.empty() ? nullptr : &b, from, ways);
    }
};

void check_whole(const accumulation& a) {
    CHECK(a.fits);
    CHECK(a.parts.empty());
    CHECK(a.range.fits());
}

void check_parts(const accumulation& a, const std::vector<depth_part>& parts) {
    CHECK(a.fits);
    CHECK_FALSE(a.range.fits());
    CHECK(a.parts == parts);
}

} // namespace

TEST_CASE("accumulators: the longest sum of extreme codes that fits, and one product more") {
    check_whole(one_output{66311, 127}.sums());
    const auto one_more = one_output{66312, 127}.sums();
    check_parts(one_more, {{0, 66311}, {66311, 66312}});
    CHECK(one_more.range.highest == 66312 * std::int64_t{127} * 255);
    CHECK(one_more.range.lowest == 0);
    check_whole(one_output{65793, -128}.sums());
    check_parts(one_output{65794, -128}.sums(), {{0, 65793}, {65793, 65794}});
}

TEST_CASE("accumulators: the range of the activation's codes counts, not all of uint8") {
    check_whole(one_output{100000, 127, {.zero = 128}}.sums());
    check_parts(one_output{140000, 127, {.zero = 128}}.sums(), {{0, 132104}, {132104, 140000}});
    check_whole(one_output{1000000, 127, {.zero = 3, .lowest = 0, .highest = 15}}.sums());
    check_whole(one_output{1000000, 1}.sums()); // the weights' own codes, not the greatest there are
}

TEST_CASE("accumulators: a bias counts, to the last unit") {
    const auto room = static_cast<float>(2147483648.0 / 128); // in units of the bias's scale 2^31
    check_whole(one_output{1, 0, {}, {room}}.sums());         // becomes the greatest int32
    check_whole(one_output{1, 0, {}, {-room}}.sums());
    check_parts(one_output{1, 1, {}, {room}}.sums(), {{0, 1}});
    check_parts(one_output{1, -1, {}, {-room}}.sums(), {{0, 1}});
    check_parts(one_output{1, 0, {}, {2 * room}}.sums(), {{0, 1}}); // would be cut
    CHECK_FALSE(one_output{1, 1, {}, {room}}.sums(sum_cut::not_at_all).fits);
    CHECK(one_output{1, 1, {}, {room}}.sums(sum_cut::bias).fits);
    CHECK_FALSE(one_output{70000, 127}.sums(sum_cut::bias).fits);
}

TEST_CASE("accumulators: a channel that is too much by itself cannot be taken apart") {
    value<float> w;
    w.dims = {1, 1, 70000, 2};
    w.constant = tensor<float>(w.dims, 1.f);
    w.encoded = encoding{format::affine_codes{.lowest = -127, .highest = 127}, {1.f / 127.f}, 0};
    const auto a = accumulate_layer<float>(w, nullptr, {}, sum_cut::depth);
    CHECK_FALSE(a.fits);
    CHECK(a.range.highest == 140000 * std::int64_t{127} * 255);
    w.dims = {1, 1, 40000, 2};
    w.constant = tensor<float>(w.dims, 1.f);
    check_parts(accumulate_layer<float>(w, nullptr, {}, sum_cut::depth), {{0, 1}, {1, 2}});
}

TEST_CASE("accumulators: which nodes run in codes, in parts, or in floating point") {
    const auto decide = [](const pith::conv_options& how, float bias) {
        graph_builder<float> b(1);
        const auto x = b.input({1, 4, 4, 4});
        const auto y = b.conv(x, how);
        for (const auto v : {x, y})
            b[v].encoded = encoding::per_tensor({.scale = 1.f});
        auto g = std::move(b).finish({y});
        REQUIRE(g);
        auto& n = g->nodes[0];
        (*g)[n.inputs[1]].encoded =
            encoding{format::affine_codes{.lowest = -128, .highest = 127}, {1.f / 128.f}};
        for (auto& e : (*g)[n.inputs[2]].reals()->data())
            e = bias;
        return executions_of(*g)[0];
    };
    const auto far = static_cast<float>(int32_most) / 128.f;
    const pith::conv_options plain{.out = 4}, grouped{.out = 8, .groups = 4},
        depthwise{.out = 4, .groups = 4};
    for (const auto& how : {plain, grouped, depthwise}) {
        const auto small = decide(how, 1.f);
        CHECK(small.how == execution::integer);
        CHECK(small.parts.empty());
        CHECK_FALSE(small.sums.has_value());
    }
    CHECK(decide(plain, far).parts.size() == 1);
    CHECK(decide(grouped, far).parts.size() == 1);
    CHECK(decide(depthwise, far).how == execution::real);
    CHECK(decide(depthwise, far).sums.has_value());
}

TEST_CASE("accumulators: a mean of more pixels than int32 holds codes runs in floating point") {
    for (const std::int64_t pixels : {8421504, 8421505}) {
        graph_builder<float> b(1);
        const auto x = b.input({1, 1, pixels, 1});
        const auto y = b.global_average(x);
        for (const auto v : {x, y})
            b[v].encoded = encoding::per_tensor({.scale = 1.f});
        auto g = std::move(b).finish({y});
        REQUIRE(g);
        CHECK((executions_of(*g)[0].how == execution::integer) == (pixels == 8421504));
    }
}
