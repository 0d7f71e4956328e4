// SPDX-License-Identifier: MIT
// A packed program gives the bits its simulation gives, at every layer and with every kernel set, whether or
// not layers are fused and results take the place of operands.
#include "networks.hpp"
#include "support/compiled.hpp"

namespace {

using pith::graph_builder;
using pith::unary_op;
using pith::value_id;

TEST_CASE("convolution, pool, dense") {
    graph_builder<float> b(3);
    const auto x = b.input({1, 12, 10, 3});
    const auto c1 = b.relu(b.conv(x, {.out = 8, .pads = {1, 1, 1, 1}}));
    const auto p = b.max_pool(c1, 2);
    const auto c2 = b.relu(b.conv(p, {.out = 20, .strides = {2, 2}, .pads = {1, 1, 1, 1}}));
    const auto y = b.fully_connected(b.flatten(b.global_average(c2)), 10);
    const auto g = flow::encoded(flow::finish(std::move(b), {y}), 7);
    CHECK(flow::check_everywhere(g, 8).codes > 0);
}

/// A residual block; `first` says which operand the shortcut is, `projected` whether it is a convolution, and
/// `late` whether that convolution stands behind the main path.
value_id block(graph_builder<float>& b, value_id x, bool first, bool projected, bool late, bool active) {
    const auto shortcut = [&] { return projected ? b.conv(x, {.out = 8, .kernel = {1, 1}}) : x; };
    value_id side = late ? pith::no_value : shortcut();
    const auto mid = b.relu(b.conv(x, {.out = 12, .pads = {1, 1, 1, 1}}));
    const auto main = b.conv(mid, {.out = 8, .pads = {1, 1, 1, 1}});
    if (late)
        side = shortcut();
    const auto sum = first ? b.add(side, main) : b.add(main, side);
    return active ? b.relu(sum) : sum;
}

TEST_CASE("residual additions, both operand orders, with and without activation") {
    for (const bool projected : {false, true})
        for (const bool late : {false, true}) {
            CAPTURE(projected);
            CAPTURE(late);
            graph_builder<float> b(11);
            auto x = b.relu(b.conv(b.input({1, 7, 9, 3}), {.out = 8, .pads = {1, 1, 1, 1}}));
            x = block(b, x, false, projected, late, true);
            x = block(b, x, true, projected, late, true);
            x = block(b, x, false, projected, late, false);
            x = block(b, x, true, projected, late, false);
            const auto y = b.fully_connected(b.flatten(b.global_average(x)), 5);
            CHECK(flow::check_everywhere(flow::encoded(flow::finish(std::move(b), {y}), 5), 6).codes > 0);
        }
}

TEST_CASE("windows of every kind") {
    const pith::conv_options windows[] = {
        {.out = 5, .kernel = {3, 3}, .pads = {0, 1, 2, 1}},
        {.out = 17, .kernel = {1, 3}, .strides = {1, 2}, .pads = {0, 1, 0, 1}},
        {.out = 16, .kernel = {5, 2}, .strides = {3, 1}, .pads = {2, 0, 1, 1}},
        {.out = 9, .kernel = {3, 3}, .pads = {2, 2, 2, 2}, .dilations = {2, 2}},
        {.out = 8, .kernel = {2, 3}, .pads = {1, 3, 0, 0}, .dilations = {1, 3}, .bias = false},
        {.out = 8, .kernel = {3, 3}, .pads = {1, 1, 1, 1}, .groups = 2},
        {.out = 40, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}, .groups = 4},
        {.out = 4, .kernel = {3, 3}, .pads = {1, 1, 1, 1}, .groups = 4},
        {.out = 12, .kernel = {3, 3}, .pads = {1, 1, 1, 1}, .groups = 4},
        {.out = 4,
         .kernel = {5, 3},
         .strides = {2, 1},
         .pads = {2, 1, 2, 1},
         .dilations = {1, 2},
         .groups = 4},
        {.out = 33, .kernel = {1, 1}},
        {.out = 3, .kernel = {1, 1}, .strides = {2, 2}},
        {.out = 6, .kernel = {11, 9}},
    };
    for (std::size_t i = 0; i < std::size(windows); ++i) {
        CAPTURE(i);
        graph_builder<float> b(20 + i);
        const auto x = b.conv(b.input({1, 11, 9, 3}), {.out = 4, .kernel = {1, 1}});
        const auto y = b.relu(b.conv(x, windows[i]));
        const auto z = b.conv(y, {.out = 3, .kernel = {1, 1}});
        const auto g = flow::finish(std::move(b), {z});
        CHECK(flow::check_everywhere(flow::encoded(g, i), i + 1).codes > 0);
        CHECK(flow::check_everywhere(g, i + 1).reals > 0);
    }
}

TEST_CASE("one value under several windows, flattened, and given out") {
    graph_builder<float> b(31);
    const auto x = b.relu(b.conv(b.input({1, 6, 6, 3}), {.out = 6, .pads = {1, 1, 1, 1}}));
    const auto a = b.conv(x, {.out = 6, .kernel = {5, 5}, .pads = {2, 2, 2, 2}});
    const auto c = b.conv(x, {.out = 6, .kernel = {3, 2}, .pads = {0, 1, 3, 0}});
    const auto d = b.depthwise(x);
    const auto e = b.conv(x, {.out = 6, .kernel = {1, 1}});
    const auto flat = b.fully_connected(b.flatten(x), 7);
    const auto sum = b.add(b.add(a, d), e);
    const auto g = flow::finish(std::move(b), {x, c, flat, sum});
    CHECK(flow::check_everywhere(flow::encoded(g, 1), 2).codes > 0);
    CHECK(flow::check_everywhere(g, 2).reals > 0);
}

TEST_CASE("several images at once") {
    graph_builder<float> b(41);
    const auto x = b.relu(b.conv(b.input({3, 6, 5, 3}), {.out = 8, .pads = {1, 1, 1, 1}}));
    const auto d = b.clip(b.depthwise(x, 2), 0, 6);
    const auto c = b.conv(d, {.out = 8, .kernel = {1, 1}});
    const auto r = b.add(c, d);
    const auto scale =
        b.activate(b.conv(b.global_average(r), {.out = 8, .kernel = {1, 1}}), {unary_op::sigmoid});
    const auto s = b.combine(pith::binary_op::mul, r, scale);
    const auto y = b.soft_max(b.fully_connected(b.flatten(b.max_pool(s, 2)), 4));
    const auto g = flow::finish(std::move(b), {y});
    CHECK(flow::check_everywhere(flow::encoded(g, 3), 4).codes > 0);
    CHECK(flow::check_everywhere(g, 4).reals > 0);
}

TEST_CASE("an input and values between that stay real") {
    graph_builder<float> b(51);
    const auto in = b.input({1, 8, 8, 3});
    const auto c1 = b.relu(b.conv(in, {.out = 8, .pads = {1, 1, 1, 1}}));
    const auto c2 = b.relu(b.conv(c1, {.out = 8, .pads = {1, 1, 1, 1}}));
    const auto c3 = b.conv(c2, {.out = 8, .pads = {1, 1, 1, 1}});
    const auto sum = b.relu(b.add(c3, c1));
    const auto logits = b.fully_connected(b.flatten(b.average_pool(sum, 4)), 6);
    const auto y = b.soft_max(logits);
    const auto g = flow::finish(std::move(b), {y});
    for (const auto& plain :
         std::vector<std::vector<value_id>>{{in}, {c2}, {sum}, {logits, y}, {c1, logits, y}}) {
        CAPTURE(plain[0]);
        CHECK(flow::check_everywhere(flow::encoded(g, 1, plain), 2).codes > 0);
    }
}

} // namespace
