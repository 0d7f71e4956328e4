// SPDX-License-Identifier: MIT
#include "pith/factorize/channels.hpp"

#include "networks.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::factorize;

namespace {

/// A network of one layer with weights of rank `rank`: 12 in channels, 20 out.
graph<double> of_low_rank(const conv2d* conv, std::int64_t rank) {
    random_bits bits(7);
    const std::int64_t depth = conv == nullptr ? 12 : 3 * 3 * 12;
    const auto a = tests::random_tensor<double>({20, rank}, bits);
    const auto c = tests::random_tensor<double>({rank, depth}, bits);
    tensor<double> w(conv == nullptr ? shape{20, 12} : shape{20, 3, 3, 12});
    for (std::size_t o = 0; o < 20; ++o)
        for (std::size_t r = 0; r < static_cast<std::size_t>(rank); ++r)
            for (std::size_t i = 0; i < static_cast<std::size_t>(depth); ++i)
                w[o * static_cast<std::size_t>(depth) + i] +=
                    a[o * static_cast<std::size_t>(rank) + r] * c[r * static_cast<std::size_t>(depth) + i];
    graph_builder<double> b(1);
    const auto x = b.input(conv == nullptr ? shape{4, 12} : shape{1, 9, 8, 12});
    const auto weights = b.constant(w);
    const auto bias = b.random({20}, 1.);
    auto g = std::move(b).finish(
        {conv == nullptr ? b.add_node(dense{}, {x, weights, bias}) : b.add_node(*conv, {x, weights, bias})});
    REQUIRE(g);
    return *std::move(g);
}

} // namespace

TEST_CASE("channels: a layer whose weights have the rank is reproduced, whatever its window") {
    const conv2d usual{.pads = {1, 1, 1, 1}};
    const conv2d strided{.strides = {2, 1}, .pads = {1, 0, 2, 1}};
    const conv2d dilated{.strides = {1, 2}, .pads = {0, 3, 1, 0}, .dilations = {2, 1}};
    for (const conv2d* conv : {&usual, &strided, &dilated, static_cast<const conv2d*>(nullptr)}) {
        const auto g = of_low_rank(conv, 4);
        std::vector<layer_outcome> o;
        const auto f = channels{.remove_macs = 0.4f, .multiple_of = 2, .whole = test::none_whole()}(g, o);
        REQUIRE(f);
        REQUIRE(o.size() == 1);
        CHECK(o[0].rank >= 4);
        CHECK(o[0].lost < 1e-12);
        CHECK(f->nodes.size() == 2);
        CHECK(test::error_between(g, *f) < 1e-16);
    }
}

TEST_CASE("channels: the first half is the layer with fewer outputs, the second 1 x 1 with the bias") {
    const conv2d conv{.strides = {2, 2}, .pads = {1, 1, 1, 1}};
    const auto g = of_low_rank(&conv, 4);
    const auto f = channels{.remove_macs = 0.5f, .multiple_of = 4, .whole = test::none_whole()}(g);
    REQUIRE(f);
    const auto& first = f->nodes[0];
    const auto& second = f->nodes[1];
    const std::int64_t rank = (*f)[first.inputs[1]].dims[0];
    CHECK(rank % 4 == 0);
    CHECK((*f)[first.inputs[1]].dims == shape{rank, 3, 3, 12});
    CHECK((*f)[second.inputs[1]].dims == shape{20, 1, 1, rank});
    CHECK(layer_of<conv2d>(first)->strides == conv.strides);
    CHECK(layer_of<conv2d>(first)->pads == conv.pads);
    CHECK(layer_of<conv2d>(second)->strides == conv2d{}.strides);
    CHECK(layer_of<conv2d>(second)->pads == conv2d{}.pads);
    CHECK(first.inputs.size() == 2);
    CHECK(*bias_of(*f, second) == *bias_of(g, g.nodes[0]));
    CHECK((*f)[f->outputs[0]].name == g[g.outputs[0]].name);
}
