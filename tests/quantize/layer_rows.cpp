// SPDX-License-Identifier: MIT
#include "pith/quantize/layer_rows.hpp"

#include <cmath>

#include "net.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::quantize;

namespace {

/// Draws the rows of the last node of a network without encodings: their products are the targets.
layer_rows rows_of_last(const graph<float>& g, std::size_t samples, std::size_t most) {
    paired_run<float, layer_list> both{sample_walk<float, layer_list>(g), sample_walk<float, layer_list>(g)};
    REQUIRE(both.real.take(test::samples_for(g), samples));
    REQUIRE(both.codes.take(test::samples_for(g), samples));
    const node_index last = g.nodes.size() - 1;
    for (node_index k = 0; k < last; ++k) {
        REQUIRE(both.real.run(k));
        REQUIRE(both.codes.run(k));
    }
    REQUIRE(both.real.run(last));
    return draw_rows(both, g, last, most, 3);
}

void check_products(const graph<float>& g, std::size_t samples, std::size_t most, std::size_t expected) {
    const auto r = rows_of_last(g, samples, most);
    const auto& n = g.nodes.back();
    const auto& w = *g[n.inputs[1]].reals();
    REQUIRE(r.count == expected);
    REQUIRE(r.depth * r.outputs == w.size());
    const std::size_t in_group = r.outputs / r.groups;
    for (std::size_t row = 0; row < r.count; ++row)
        for (std::size_t o = 0; o < r.outputs; ++o) {
            double y = static_cast<double>((*g[n.inputs[2]].reals())[o]);
            for (std::size_t d = 0; d < r.depth; ++d)
                y += static_cast<double>(r.group(o / in_group)[row * r.depth + d] * w[o * r.depth + d]);
            CHECK(std::fabs(y - static_cast<double>(r.target[row * r.outputs + o])) < 1e-4);
        }
}

graph<float> convolution(conv2d layer, shape weights) {
    test::net n;
    const auto x = n.input({1, 7, 9, 6});
    const auto w = n.constant(test::random_tensor(weights, 1));
    const auto b = n.constant(test::random_tensor({weights[0]}, 2));
    return n.finish(n.add("conv", layer, {x, w, b}));
}

} // namespace

TEST_CASE("layer rows: all positions of plain, strided, dilated, grouped and depthwise convolutions") {
    check_products(convolution({.pads = {1, 1, 1, 1}}, {4, 3, 3, 6}), 2, 100000, 2 * 63);
    check_products(convolution({.strides = {2, 3}, .pads = {0, 1, 2, 0}}, {4, 3, 2, 6}), 2, 100000,
                   2 * 4 * 3);
    check_products(convolution({.pads = {2, 2, 2, 2}, .dilations = {2, 2}}, {2, 3, 3, 6}), 1, 100000, 63);
    check_products(convolution({.pads = {1, 1, 1, 1}, .groups = 2}, {4, 3, 3, 3}), 2, 100000, 2 * 63);
    check_products(convolution({.pads = {1, 1, 1, 1}, .groups = 6}, {12, 3, 3, 1}), 2, 100000, 2 * 63);
}

TEST_CASE("layer rows: some positions, as many of every sample") {
    const auto g = convolution({.pads = {1, 1, 1, 1}}, {4, 3, 3, 6});
    check_products(g, 5, 50, 50);
    check_products(g, 5, 51, 55);
    const auto a = rows_of_last(g, 5, 50);
    const auto b = rows_of_last(g, 5, 50);
    CHECK(a.in == b.in);
    CHECK(a.target == b.target);
}

TEST_CASE("layer rows: dense layers") {
    test::net n;
    const auto x = n.input({3, 7});
    check_products(n.finish(n.dense_layer("dense", x, 4)), 2, 100, 6);
}
