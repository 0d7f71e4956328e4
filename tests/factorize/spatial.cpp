// SPDX-License-Identifier: MIT
#include "pith/factorize/spatial.hpp"

#include "networks.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::factorize;

namespace {

constexpr std::int64_t in = 6;
constexpr std::int64_t out = 10;

/// A network of one convolution whose weights are sums of `rank` separable filters.
graph<double> separable(const conv2d& conv, std::int64_t height, std::int64_t width, std::int64_t rank) {
    random_bits bits(7);
    const auto row = tests::random_tensor<double>({out, width, rank}, bits);
    const auto column = tests::random_tensor<double>({rank, height, in}, bits);
    tensor<double> w(shape{out, height, width, in});
    std::size_t at = 0;
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int64_t y = 0; y < height; ++y)
            for (std::int64_t x = 0; x < width; ++x)
                for (std::int64_t c = 0; c < in; ++c, ++at)
                    for (std::int64_t r = 0; r < rank; ++r)
                        w[at] += row[static_cast<std::size_t>((o * width + x) * rank + r)] *
                                 column[static_cast<std::size_t>((r * height + y) * in + c)];
    graph_builder<double> b(1);
    const auto x = b.input({1, 11, 9, in});
    const auto weights = b.constant(w);
    const auto bias = b.random({out}, 1.);
    auto g = std::move(b).finish({b.add_node(conv, {x, weights, bias})});
    REQUIRE(g);
    return *std::move(g);
}

} // namespace

TEST_CASE("spatial: separable filters are reproduced, whatever their window") {
    struct window {
        conv2d conv;
        std::int64_t height;
        std::int64_t width;
    };
    const std::vector<window> windows{
        {{.pads = {1, 1, 1, 1}}, 3, 3},
        {{.strides = {2, 2}, .pads = {1, 1, 1, 1}}, 3, 3},
        {{.strides = {2, 2}, .pads = {0, 0, 1, 1}}, 3, 3},
        {{.strides = {1, 2}, .pads = {2, 0, 1, 3}}, 3, 5},
        {{.strides = {2, 1}, .pads = {0, 2, 0, 1}, .dilations = {2, 1}}, 4, 2},
        {{.pads = {1, 2, 1, 2}, .dilations = {1, 2}}, 2, 3},
    };
    for (const auto& [conv, height, width] : windows) {
        const auto g = separable(conv, height, width, 3);
        std::vector<layer_outcome> o;
        const auto f = spatial{.remove_macs = 0.2f, .multiple_of = 1, .whole = test::none_whole()}(g, o);
        REQUIRE(f);
        REQUIRE(o.size() == 1);
        CHECK(o[0].rank >= 3);
        CHECK(o[0].lost < 1e-12);
        REQUIRE(f->nodes.size() == 2);
        CHECK(test::error_between(g, *f) < 1e-16);
        CHECK(measure(*f).macs == o[0].macs);
    }
}

TEST_CASE("spatial: the first half moves down, the second across") {
    const conv2d conv{.strides = {2, 1}, .pads = {1, 2, 3, 4}, .dilations = {1, 2}};
    const auto g = separable(conv, 3, 3, 2);
    const auto f = spatial{.remove_macs = 0.3f, .multiple_of = 4, .whole = test::none_whole()}(g);
    REQUIRE(f);
    const auto& down = *layer_of<conv2d>(f->nodes[0]);
    const auto& across = *layer_of<conv2d>(f->nodes[1]);
    const std::int64_t rank = (*f)[f->nodes[0].inputs[1]].dims[0];
    CHECK((*f)[f->nodes[0].inputs[1]].dims == shape{rank, 3, 1, in});
    CHECK((*f)[f->nodes[1].inputs[1]].dims == shape{out, 1, 3, rank});
    CHECK(down.strides == std::array<std::uint32_t, 2>{2, 1});
    CHECK(down.pads == std::array<std::uint32_t, 4>{1, 0, 3, 0});
    CHECK(down.dilations == std::array<std::uint32_t, 2>{1, 1});
    CHECK(across.strides == std::array<std::uint32_t, 2>{1, 1});
    CHECK(across.pads == std::array<std::uint32_t, 4>{0, 2, 0, 4});
    CHECK(across.dilations == std::array<std::uint32_t, 2>{1, 2});
}

TEST_CASE("spatial: the metric is the mean of the window's columns") {
    // One channel, 2 x 2: taps (y, x) in the order 00 01 10 11.
    const shape w{1, 2, 2, 1};
    std::vector<double> h(16);
    for (std::size_t i = 0; i < 16; ++i)
        h[i] = static_cast<double>(i);
    // Column 0 has taps 0 and 2, column 1 taps 1 and 3.
    CHECK(spatial_split::metric(w, h) == std::vector<double>{2.5, 4.5, 10.5, 12.5});
}
