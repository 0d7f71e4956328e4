// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/train/backward/conv2d.hpp>

#include "../layer_check.hpp"

namespace {

using namespace pith;
using tests::random_tensor;

struct conv_case {
    conv2d layer;
    shape x;
    shape w;
    bool bias = true;
};

double error_of_case(const conv_case& c) {
    random_bits bits(1);
    tests::net n;
    const auto x = n.input(c.x);
    const auto w = n.constant(random_tensor(c.w, bits));
    std::vector<value_id> in{x, w};
    if (c.bias)
        in.push_back(n.constant(random_tensor({c.w[0]}, bits)));
    return tests::error_of(std::move(n).finish({n.add_node(c.layer, in)}));
}

} // namespace

TEST_CASE("conv2d: gradients of image, weights and bias for every stride, padding and dilation") {
    const conv_case cases[] = {
        {{}, {2, 4, 5, 3}, {4, 3, 3, 3}},
        {{.pads = {1, 1, 1, 1}}, {2, 5, 5, 3}, {5, 3, 3, 3}},
        {{.strides = {2, 2}, .pads = {1, 1, 1, 1}}, {2, 6, 6, 2}, {3, 3, 3, 2}},
        {{.strides = {2, 2}, .pads = {0, 0, 1, 1}}, {2, 6, 6, 2}, {3, 3, 3, 2}},
        {{.strides = {2, 2}}, {2, 5, 6, 3}, {4, 1, 1, 3}, false},
        {{.strides = {3, 2}, .pads = {2, 0, 1, 3}}, {1, 7, 6, 2}, {2, 2, 4, 2}},
        {{.pads = {2, 2, 2, 2}, .dilations = {2, 2}}, {1, 6, 6, 2}, {3, 3, 3, 2}},
        {{.strides = {2, 3}, .pads = {2, 1, 2, 1}, .dilations = {3, 2}}, {1, 9, 8, 2}, {2, 3, 2, 2}},
        {{.pads = {0, 1, 0, 1}}, {3, 1, 9, 2}, {4, 1, 3, 2}},
        {{.pads = {4, 1, 5, 1}}, {1, 8, 4, 1}, {3, 10, 4, 1}},
    };
    for (const auto& c : cases)
        CHECK(error_of_case(c) < 1e-9);
}

TEST_CASE("conv2d: groups and depthwise") {
    const conv_case cases[] = {
        {{.pads = {1, 1, 1, 1}, .groups = 2}, {2, 4, 4, 4}, {6, 3, 3, 2}},
        {{.strides = {2, 2}, .pads = {1, 1, 1, 1}, .groups = 3}, {2, 5, 5, 3}, {6, 3, 3, 1}},
        {{.pads = {1, 1, 1, 1}, .groups = 5}, {2, 5, 6, 5}, {5, 3, 3, 1}},
        {{.strides = {2, 2}, .pads = {0, 0, 1, 1}, .groups = 4}, {2, 6, 6, 4}, {4, 3, 3, 1}},
        {{.pads = {2, 2, 2, 2}, .groups = 3}, {1, 5, 5, 3}, {3, 5, 5, 1}, false},
        {{.pads = {2, 2, 2, 2}, .dilations = {2, 2}, .groups = 3}, {1, 5, 5, 3}, {3, 3, 3, 1}},
    };
    for (const auto& c : cases)
        CHECK(error_of_case(c) < 1e-9);
}

TEST_CASE("conv2d: weights shared by two convolutions collect both gradients") {
    random_bits bits(2);
    tests::net n;
    const auto w = n.constant(random_tensor({3, 3, 3, 3}, bits));
    const conv2d same{.pads = {1, 1, 1, 1}};
    const auto once = n.add_node(same, {n.input({2, 4, 4, 3}), w});
    CHECK(tests::error_of(std::move(n).finish({n.add_node(same, {once, w})})) < 1e-9);
}

TEST_CASE("conv2d: more images than blocks, and more channels than two vectors") {
    CHECK(error_of_case({{.pads = {1, 1, 1, 1}}, {19, 2, 3, 1}, {2, 3, 3, 1}}) < 1e-9);
    CHECK(error_of_case({{.pads = {1, 1, 1, 1}}, {1, 3, 3, 9}, {11, 3, 3, 9}}) < 1e-9);
}
