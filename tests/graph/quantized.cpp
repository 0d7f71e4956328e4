// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/quantized.hpp>

using namespace pith;

namespace {

void encode_value(graph_builder<float>& b, value_id id, float scale = 0.1f, std::int32_t zero = 7) {
    b[id].encoded = encoding::per_tensor({.scale = scale, .zero = zero});
}

void encode_weights(graph_builder<float>& b, value_id id) {
    b[id].encoded = encoding{format::affine_codes{.lowest = -127, .highest = 127}, {0.01f}};
}

struct conv_and_relu {
    graph_builder<float> b;
    value_id x, w, middle, out;
    explicit conv_and_relu(unary activation = {unary_op::relu}) {
        x = b.input({1, 4, 4, 3});
        w = b.random({5, 1, 1, 3}, 1);
        middle = b.add_node(conv2d{}, {x, w});
        out = b.activate(middle, activation);
        encode_value(b, x);
        encode_weights(b, w);
        encode_value(b, out);
    }
    std::vector<node_execution> decide() {
        auto g = std::move(b).finish({out});
        REQUIRE(g.has_value());
        return executions_of(*g);
    }
};

execution alone(graph_builder<float> b, value_id y) {
    auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    return executions_of(*g).back().how;
}

} // namespace

TEST_CASE("a convolution takes the relu behind it along") {
    conv_and_relu net;
    const auto out = net.out;
    const auto how = net.decide();
    CHECK(how[0].how == execution::integer);
    CHECK(how[0].activation == 1);
    CHECK(how[0].output == out);
    CHECK(how[0].codes->lowest == 7);
    CHECK(how[0].codes->highest == 255);
    CHECK(how[1].how == execution::fused);
}

TEST_CASE("a clip cuts the codes from both sides") {
    conv_and_relu net(unary{unary_op::clip, -0.3, 0.9});
    const auto how = net.decide();
    CHECK(how[0].codes->lowest == 4);
    CHECK(how[0].codes->highest == 16);
}

TEST_CASE("a convolution whose own output has codes keeps its activation apart") {
    conv_and_relu net;
    encode_value(net.b, net.middle, 0.2f);
    const auto how = net.decide();
    CHECK(how[0].how == execution::integer);
    CHECK(how[0].activation == no_node);
    CHECK(how[1].how == execution::integer);
}

TEST_CASE("a convolution whose output is read twice is not fused, and without codes runs in reals") {
    conv_and_relu net;
    const auto both = net.b.add(net.middle, net.out);
    net.out = both;
    const auto how = net.decide();
    CHECK(how[0].how == execution::real);
    CHECK(how[1].how == execution::real);
}

TEST_CASE("a convolution with float weights or a float input runs in reals") {
    conv_and_relu plain;
    plain.b[plain.w].encoded = {};
    CHECK(plain.decide()[0].how == execution::real);
    conv_and_relu input;
    input.b[input.x].encoded = {};
    CHECK(input.decide()[0].how == execution::real);
}

TEST_CASE("a dense layer may give reals, a convolution not") {
    graph_builder<float> b;
    const auto x = b.input({1, 4});
    const auto w = b.random({3, 4}, 1);
    const auto y = b.add_node(dense{}, {x, w});
    encode_value(b, x);
    encode_weights(b, w);
    auto g = std::move(b).finish({y});
    REQUIRE(g.has_value());
    const auto how = executions_of(*g);
    CHECK(how[0].how == execution::integer);
    CHECK_FALSE(how[0].codes.has_value());
}

TEST_CASE("movement needs the same codes on both sides, concatenation does not") {
    for (const bool same : {true, false}) {
        graph_builder<float> b;
        const auto x = b.input({1, 4, 4, 2});
        encode_value(b, x);
        const auto check = [&](value_id y, bool expected) {
            encode_value(b, y, same ? 0.1f : 0.2f);
            CHECK((alone(b, y) == execution::integer) == expected);
        };
        check(b.max_pool(x, 2), same);
        check(b.flatten(x), same);
        check(b.add_node(transpose{{0, 2, 1, 3}}, {x}), same);
        check(b.add_node(pad{{0, 1, 1, 0}, {0, 1, 1, 0}}, {x}), same);
        check(b.add_node(pad{{0, 1, 1, 0}, {0, 1, 1, 0}, pad_mode::constant, 1}, {x}), false);
        check(b.add_node(resize2d{.sizes = {8, 8}, .scales = {2, 2}}, {x}), same);
        check(b.add_node(resize2d{.mode = resize_mode::linear, .sizes = {8, 8}, .scales = {2, 2}}, {x}),
              false);
        check(b.add_node(gather{3}, {x, b.indices(tensor<std::int64_t>({1}))}), same);
        check(b.add_node(concat{3}, {x, x}), true);
        check(b.global_average(x), true);
        check(b.average_pool(x, 2), true);
        check(b.soft_max(x), true);
        check(b.activate(x, {unary_op::hard_swish}), true);
        check(b.add(x, x), true);
        check(b.combine(binary_op::mul, x, x), true);
        check(b.combine(binary_op::sub, x, x), false);
        check(b.add_node(reduce{.op = reduce_op::mean, .axes = {1, 2}}, {x}), false);
    }
}

TEST_CASE("averages from uint8 to int8 codes run in reals, of one type in codes") {
    for (const std::int32_t moved : {0, 128})
        for (const bool global : {false, true}) {
            graph_builder<float> b;
            const auto x = b.input({1, 4, 4, 2});
            encode_value(b, x);
            const auto y = global ? b.global_average(x) : b.average_pool(x, 2);
            b[y].encoded = encoding::per_tensor({.scale = 0.1f, .zero = 7, .moved = moved});
            CHECK((alone(b, y) == execution::integer) == (moved == 0));
        }
}
