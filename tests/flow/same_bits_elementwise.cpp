// SPDX-License-Identifier: MIT
// A packed program gives its simulation's bits: element-wise layers, pools and movements.
#include "networks.hpp"
#include "support/compiled.hpp"

namespace {

using pith::binary_op;
using pith::graph_builder;
using pith::pool_op;
using pith::unary_op;
using pith::value_id;

void check_both(graph_builder<float>&& b, std::vector<value_id> outputs, std::uint64_t seed) {
    const auto g = flow::finish(std::move(b), std::move(outputs));
    CHECK(flow::check_everywhere(flow::encoded(g, seed), seed + 1).codes > 0);
    CHECK(flow::check_everywhere(g, seed + 1).reals > 0);
}

TEST_CASE("activations") {
    graph_builder<float> b(3);
    auto x = b.conv(b.input({1, 5, 6, 3}), {.out = 7, .pads = {1, 1, 1, 1}});
    std::vector<value_id> outputs;
    for (const auto op :
         {unary_op::sigmoid, unary_op::tanh, unary_op::hard_swish, unary_op::identity, unary_op::abs,
          unary_op::leaky_relu, unary_op::elu, unary_op::silu, unary_op::gelu, unary_op::relu})
        outputs.push_back(b.conv(b.activate(x, {op, 0.3, 0.5}), {.out = 3, .pads = {1, 1, 1, 1}}));
    check_both(std::move(b), outputs, 4);
}

TEST_CASE("operands that repeat") {
    const pith::shape shapes[] = {{1, 5, 6, 7}, {1, 1, 1, 7}, {7},       {1},
                                  {1, 1, 1, 1}, {1, 5, 6, 1}, {5, 1, 7}, {1, 1, 6, 1}};
    for (const auto op : {binary_op::add, binary_op::mul})
        for (std::size_t i = 0; i < std::size(shapes); ++i) {
            CAPTURE(i);
            graph_builder<float> b(30 + i);
            const auto x = b.conv(b.input({1, 5, 6, 3}), {.out = 7, .pads = {1, 1, 1, 1}});
            const auto computed = b.input(shapes[i], "second");
            const auto constant = b.random(shapes[i], 2);
            const auto y = b.combine(op, x, computed);
            const auto z = b.combine(op, constant, y);
            const auto w = b.combine(op, b.combine(op, z, constant), z);
            check_both(std::move(b), {b.depthwise(w)}, i);
        }
}

TEST_CASE("real operators of two values") {
    graph_builder<float> b(5);
    const auto x = b.conv(b.input({1, 5, 6, 3}), {.out = 7, .pads = {1, 1, 1, 1}});
    auto y = x;
    for (const auto op : {binary_op::sub, binary_op::div, binary_op::min, binary_op::max, binary_op::prelu})
        y = b.combine(op, y, b.random({7}, 2));
    y = b.relu(b.combine(binary_op::sub, y, x));
    check_both(std::move(b), {b.normalize(y)}, 6);
}

TEST_CASE("pools") {
    const pith::pool2d pools[] = {
        {.op = pool_op::max, .kernel = {3, 2}, .strides = {2, 1}, .pads = {1, 0, 1, 1}},
        {.op = pool_op::max, .kernel = {2, 2}, .strides = {2, 2}, .ceil_mode = true},
        {.op = pool_op::max, .kernel = {3, 3}, .strides = {1, 1}, .pads = {2, 2, 2, 2}, .dilations = {2, 2}},
        {.op = pool_op::max, .global = true},
        {.op = pool_op::average, .global = true},
        {.op = pool_op::average, .kernel = {7, 9}},
        {.op = pool_op::average, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
        {.op = pool_op::average,
         .kernel = {3, 3},
         .strides = {2, 2},
         .pads = {1, 1, 1, 1},
         .count_include_pad = true},
        {.op = pool_op::average, .kernel = {2, 2}, .strides = {2, 2}, .ceil_mode = true},
        {.op = pool_op::average, .kernel = {7, 9}, .pads = {1, 1, 1, 1}},
    };
    for (std::size_t i = 0; i < std::size(pools); ++i) {
        CAPTURE(i);
        graph_builder<float> b(60 + i);
        const auto x = b.conv(b.input({1, 7, 9, 3}), {.out = 19, .pads = {1, 1, 1, 1}});
        const auto y = b.add_node(pools[i], {x});
        check_both(std::move(b), {b.depthwise(y), b.depthwise(x)}, i);
    }
}

TEST_CASE("softmax along every axis") {
    for (std::uint8_t axis = 0; axis < 4; ++axis) {
        graph_builder<float> b(70);
        const auto x = b.conv(b.input({2, 4, 5, 3}), {.out = 6, .pads = {1, 1, 1, 1}});
        const auto y = b.add_node(pith::softmax{axis}, {x});
        const auto z = b.add_node(pith::softmax{axis, true}, {x});
        check_both(std::move(b), {y, z}, axis);
    }
}

TEST_CASE("joined, cut, moved, padded and resized") {
    graph_builder<float> b(80);
    const auto x = b.conv(b.input({1, 6, 8, 3}), {.out = 6, .pads = {1, 1, 1, 1}});
    const auto y = b.activate(x, {unary_op::sigmoid});
    std::vector<value_id> outputs;
    for (std::uint8_t axis = 1; axis < 4; ++axis)
        outputs.push_back(b.depthwise(b.add_node(pith::concat{axis}, {x, y, x})));
    for (const auto v : b.node_of(pith::split{3, {1, 2, 3}}, {x}))
        outputs.push_back(b.depthwise(v));
    for (const auto v : b.node_of(pith::split{1, {4, 2}}, {y}))
        outputs.push_back(b.depthwise(v));
    outputs.push_back(b.depthwise(b.add_node(pith::slice{{0, 5, 1, 1}, {1, 3, 4, 2}, {1, -2, 2, 3}}, {x})));
    outputs.push_back(b.depthwise(b.add_node(pith::transpose{{0, 2, 3, 1}}, {x})));
    for (const auto mode :
         {pith::pad_mode::constant, pith::pad_mode::edge, pith::pad_mode::reflect, pith::pad_mode::wrap})
        outputs.push_back(b.depthwise(b.add_node(pith::pad{{0, 1, 2, 0}, {0, 2, -1, 3}, mode, 0}, {x})));
    outputs.push_back(b.add_node(pith::pad{{0, 1, 0, 0}, {0, 0, 0, 0}, pith::pad_mode::constant, 0.5}, {x}));
    outputs.push_back(b.depthwise(b.add_node(
        pith::resize2d{
            .coordinates = pith::resize_coordinates::asymmetric, .sizes = {12, 4}, .scales = {2, 0.5}},
        {x})));
    outputs.push_back(b.add_node(pith::expand{{2, 6, 8, 6}}, {x}));
    outputs.push_back(
        b.add_node(pith::gather{2}, {x, b.indices(pith::tensor<std::int64_t>({3}, {7, -8, 2}))}));
    outputs.push_back(b.add_node(pith::reshape{{0, -1, 12}}, {x}));
    outputs.push_back(x);
    check_both(std::move(b), outputs, 2);
}

TEST_CASE("resized in floating point, between codes") {
    for (const auto mode : {pith::resize_mode::linear, pith::resize_mode::cubic}) {
        graph_builder<float> b(85);
        const auto x = b.conv(b.input({1, 6, 8, 3}), {.out = 6, .pads = {1, 1, 1, 1}});
        const auto y = b.add_node(pith::resize2d{.mode = mode, .sizes = {9, 16}, .scales = {1.5, 2}}, {x});
        const auto g = flow::finish(std::move(b), {y});
        CHECK(flow::check_everywhere(flow::encoded(g, 1, {y}), 2).codes > 0);
        CHECK(flow::check_everywhere(g, 2).reals > 0);
    }
}

TEST_CASE("reductions and products") {
    graph_builder<float> b(90);
    const auto x = b.conv(b.input({2, 4, 5, 3}), {.out = 6, .pads = {1, 1, 1, 1}});
    std::vector<value_id> outputs;
    for (const auto& axes : std::vector<std::vector<std::uint8_t>>{{1, 2}, {3}, {0, 3}, {1, 3}, {}, {2}})
        outputs.push_back(b.add_node(pith::reduce{pith::reduce_op::mean, axes, axes.size() == 2}, {x}));
    outputs.push_back(b.add_node(pith::reduce{pith::reduce_op::max, {1, 3}, false}, {x}));
    outputs.push_back(b.add_node(pith::reduce{pith::reduce_op::l2, {0, 2}, true}, {x}));
    const auto t = b.add_node(pith::transpose{{0, 1, 3, 2}}, {x});
    outputs.push_back(b.add_node(pith::matmul{}, {x, t}));
    outputs.push_back(b.add_node(pith::matmul{}, {x, b.random({6, 9}, 1)}));
    outputs.push_back(b.add_node(pith::matmul{}, {x, b.random({4, 6, 2}, 1)}));
    check_both(std::move(b), outputs, 2);
}

} // namespace
