// SPDX-License-Identifier: MIT
#include "pith/prune/keep_channels.hpp"

#include <cstdlib>
#include <string>

#include <pith/graph/file_order.hpp>

#include "networks.hpp"

using namespace pith;
using namespace pith::prune;

namespace {

/// Of every group that can lose some, a random number of units, but one.
std::vector<coupled_channels> some_of(const std::vector<channel_group>& groups, random_bits& bits) {
    std::vector<coupled_channels> gone;
    for (const auto& group : groups) {
        if (!group.why.empty() || bits.below(4) == 0)
            continue;
        std::size_t left = group.units.size();
        for (const auto& unit : group.units)
            if (left > 1 && bits.below(2) == 0) {
                gone.push_back(unit);
                --left;
            }
    }
    return gone;
}

std::size_t networks_to_try() {
    const char* const n = std::getenv("PITH_PRUNE_NETWORKS");
    return n == nullptr ? 300 : static_cast<std::size_t>(std::atoi(n));
}

} // namespace

TEST_CASE("keep channels: the network that is left computes what the whole one does without those channels") {
    std::size_t smaller = 0;
    for (std::uint64_t seed = 0; seed < networks_to_try(); ++seed) {
        CAPTURE(seed);
        const auto g = test::random_network(seed);
        const auto groups = find_channel_groups(g);
        REQUIRE(groups);
        random_bits bits(seed + 7);
        const auto gone = some_of(*groups, bits);
        const auto kept = kept_without(g, gone);
        const auto pruned = keep_channels(g, kept);
        REQUIRE_MESSAGE(pruned.has_value(), (pruned ? "" : pruned.error().what));
        CHECK(test::difference_of(test::masked(g, kept), *pruned) < 1e-9);
        smaller += gone.empty() ? 0 : 1;
    }
    CHECK(smaller > networks_to_try() / 2);
}

TEST_CASE("keep channels: dense weights behind a flattened image keep their places in the file") {
    graph_builder<float> b;
    const auto image = b.conv(b.input({1, 4, 5, 2}), {.out = 3, .kernel = {1, 1}});
    const auto flat = b.flatten(image);
    const auto y = b.fully_connected(flat, 2);
    auto g = *std::move(b).finish({y});
    const value_id w = g.nodes.back().inputs[1];
    g[w].layout = file_layout{.order = {0, 2, 3, 1}, .inner = {3, 4, 5}}; // [c, h, w] in the file
    REQUIRE(file_dims(*g[w].layout, g[w].dims));
    kept_of_values kept(g.values.size());
    kept[image] = {true, false, true};
    for (int pixel = 0; pixel < 20; ++pixel)
        kept[flat].insert(kept[flat].end(), {true, false, true});
    const auto smaller = keep_channels(g, kept);
    REQUIRE(smaller);
    CHECK((*smaller)[w].dims == shape{2, 40});
    REQUIRE((*smaller)[w].layout);
    CHECK((*smaller)[w].layout->inner == std::vector<std::int64_t>{2, 4, 5});
    CHECK(file_dims(*(*smaller)[w].layout, (*smaller)[w].dims));
    CHECK(!prune::detail::keep_layout(*g[w].layout, {true, true, true, false, true, true}));
}

TEST_CASE("keep channels: constants that others read stay, weights with a pattern keep it or say so") {
    graph_builder<float> b;
    const auto x = b.input({1, 4, 4, 2});
    const auto by = b.random({4}, 1.);
    const auto a = b.combine(binary_op::add, b.conv(x, {.out = 4, .kernel = {1, 1}}), by);
    const auto other = b.combine(binary_op::mul, b.conv(x, {.out = 4, .kernel = {1, 1}}), by);
    const auto y = b.conv(a, {.out = 2, .kernel = {1, 1}});
    auto g = *std::move(b).finish({y, other});
    auto& w = g[g.nodes.back().inputs[1]];
    *w.reals() = tensor<float>({2, 1, 1, 4}, {1, 0, 0, 2, 0, 3, 4, 0});
    w.sparsity = format::sparsity::n_of_m(1, 2);
    kept_of_values kept(g.values.size());
    for (const auto id : {g.nodes[0].outputs[0], a})
        kept[id] = {false, true, true, true};
    const auto smaller = keep_channels(g, kept);
    REQUIRE(smaller);
    CHECK((*smaller)[by].dims == shape{4});
    const value_id own = smaller->nodes[1].inputs[1];
    CHECK((*smaller)[own].dims == shape{3});
    CHECK((*(*smaller)[own].reals())[0] == (*g[by].reals())[1]);
    const auto& left = (*smaller)[g.nodes.back().inputs[1]];
    CHECK(left.reals()->data()[2] == 2.f);
    CHECK(left.sparsity == format::sparsity::free()); // 3 and 4 are neighbours now
}
