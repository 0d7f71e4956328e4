// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/train/backward/pool2d.hpp>

#include "../layer_check.hpp"
#include "support/compiled.hpp"

using namespace pith;

TEST_CASE("pool2d: gradients of maxima and averages, with padding, ceiling, dilation and globally") {
    for (const auto op : {pool_op::max, pool_op::average})
        for (const bool include : {false, true}) {
            const pool2d cases[] = {
                {.op = op, .kernel = {2, 2}, .strides = {2, 2}},
                {.op = op, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
                {.op = op, .kernel = {3, 2}, .strides = {1, 2}, .pads = {1, 0, 0, 1}},
                {.op = op, .kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}, .ceil_mode = true},
                {.op = op, .kernel = {2, 2}, .strides = {1, 1}, .dilations = {2, 3}},
                {.op = op, .global = true},
            };
            for (auto layer : cases) {
                layer.count_include_pad = include;
                tests::net n;
                const auto x = n.input({2, 6, 7, 3});
                CHECK(tests::error_of(std::move(n).finish({n.add_node(layer, {x})}), {.step = 1e-5}) < 1e-8);
            }
        }
}

TEST_CASE("pool2d: training computes what the graph computes") {
    const pool2d layer{.op = pool_op::average,
                       .kernel = {3, 3},
                       .strides = {2, 2},
                       .pads = {1, 1, 1, 1},
                       .ceil_mode = true,
                       .count_include_pad = true};
    random_bits bits(9);
    tests::net n;
    const auto x = n.input({2, 6, 6, 2});
    auto tape = *train::tape<double>::make(*std::move(n).finish({n.add_node(layer, {x})}), {.batch = 2});
    const auto image = tests::random_tensor({2, 6, 6, 2}, bits);
    std::copy(image.data().begin(), image.data().end(), tape.input().begin());
    REQUIRE(tape.forward());
    const tensor_input<double> in[] = {image};
    const auto expected = std::get<0>((*layer_traits<pool2d>::forward(layer, tensor_inputs<double>(in)))[0]);
    for (std::size_t i = 0; i < expected.size(); ++i)
        CHECK(tape.output()[i] == doctest::Approx(expected[i]));
}
