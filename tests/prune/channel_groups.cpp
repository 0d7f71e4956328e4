// SPDX-License-Identifier: MIT
#include "pith/prune/channel_groups.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>

using namespace pith;
using namespace pith::prune;

namespace {

using builder = graph_builder<float>;

std::vector<channel_group> groups_of(builder b, std::vector<value_id> outputs) {
    const auto g = std::move(b).finish(std::move(outputs));
    REQUIRE(g);
    const auto groups = find_channel_groups(*g);
    REQUIRE(groups);
    return *groups;
}

/// The groups that can go; the reasons of the others, by the layer that makes them.
std::vector<channel_group> free_of(const std::vector<channel_group>& groups) {
    std::vector<channel_group> out;
    std::copy_if(groups.begin(), groups.end(), std::back_inserter(out),
                 [](const auto& g) { return g.why.empty(); });
    return out;
}
bool stays_because(const std::vector<channel_group>& groups, std::string_view name, std::string_view part) {
    return std::any_of(groups.begin(), groups.end(), [&](const auto& g) {
        return g.name == name && g.why.find(part) != std::string::npos;
    });
}

conv_options three(std::int64_t out, std::uint32_t groups = 1) {
    return {.out = out, .pads = {1, 1, 1, 1}, .groups = groups};
}

/// A user's layer, of which pruning knows nothing.
struct mirror {};

} // namespace

template <>
struct pith::layer_traits<mirror> : only_in_reals, no_products {
    static constexpr layer_role role = layer_role::pointwise;
    static std::string_view kind(const mirror&) { return "mirror"; }
    static result<value_infos> infer(const mirror&, std::span<const value_info> in) {
        return detail::one(in[0].dims, in[0].type);
    }
    template <class T>
    static result<any_tensors<T>> forward(const mirror&, tensor_inputs<T> in) {
        return detail::one_tensor<T>(*in[0].reals);
    }
    static channel_sources channels(const mirror&, std::span<const shape> in, std::size_t,
                                    std::int64_t channel) {
        return same_channel(in, channel);
    }
};

namespace {
struct my_layers : layer_list::with<mirror> {};
} // namespace

TEST_CASE(
    "channel groups: a chain has a unit per channel, from the layer that makes it to the one that reads it") {
    builder b;
    const auto x = b.input({1, 8, 8, 3});
    const auto made = b.conv(x, three(6));
    const auto normal = b.normalize(made);
    const auto active = b.relu(normal);
    const auto groups = groups_of(b, {b.conv(active, three(4))});
    REQUIRE(groups.size() == 2);
    const auto free = free_of(groups);
    REQUIRE(free.size() == 1);
    CHECK(free[0].name == "conv2d0");
    REQUIRE(free[0].units.size() == 6);
    for (std::int64_t c = 0; c < 6; ++c)
        CHECK(free[0].units[static_cast<std::size_t>(c)] ==
              coupled_channels{{made, c}, {normal, c}, {active, c}});
    CHECK(stays_because(groups, "conv2d3", "an output of the network"));
}

TEST_CASE("channel groups: a sum couples what it adds, a concatenation does not") {
    builder b;
    const auto x = b.input({1, 8, 8, 3});
    const auto a = b.relu(b.conv(x, three(4)));
    const auto c = b.conv(a, three(4));
    const auto sum = b.add(a, c);
    const auto other = b.conv(x, three(5));
    const auto joined = b.add_node(concat{3}, {sum, other});
    const auto free = free_of(groups_of(b, {b.conv(joined, three(2))}));
    REQUIRE(free.size() == 2);
    CHECK(free[0].units.size() == 4);
    CHECK(free[0].units[1].size() == 5); // conv, relu, conv, add, concat
    CHECK(free[1].units.size() == 5);
    CHECK(free[1].units[0] == coupled_channels{{other, 0}, {joined, 4}});
}

TEST_CASE("channel groups: one filter per channel goes with it, the groups of others stay alike") {
    builder b;
    const auto x = b.input({1, 8, 8, 3});
    const auto deep = b.depthwise(b.conv(x, three(4)));
    const auto grouped = b.conv(deep, three(6, 2));
    const auto free = free_of(groups_of(b, {b.conv(grouped, three(2))}));
    REQUIRE(free.size() == 2);
    CHECK(free[0].units.size() == 2); // channels 0 and 2, 1 and 3 of the first layers
    CHECK(free[0].units[0].size() == 4);
    CHECK(free[1].units.size() == 3);
    CHECK(free[1].units[2] == coupled_channels{{grouped, 2}, {grouped, 5}});
}

TEST_CASE("channel groups: a flattened image loses a channel at every pixel") {
    builder b;
    const auto image = b.conv(b.input({1, 4, 4, 3}), three(2));
    const auto flat = b.flatten(image);
    const auto free = free_of(groups_of(b, {b.fully_connected(flat, 3)}));
    REQUIRE(free.size() == 1);
    REQUIRE(free[0].units.size() == 2);
    CHECK(free[0].units[1].size() == 1 + 16);
    CHECK(free[0].units[1].back() == channel_at{flat, 31});
}

TEST_CASE("channel groups: channels that cannot go say why") {
    builder b;
    const auto x = b.input({1, 4, 4, 3});
    const auto soft = b.soft_max(b.conv(x, three(4)));
    const auto turned = b.add_node(transpose{{0, 3, 1, 2}}, {b.conv(soft, three(4))});
    const auto steps = b.add_node(slice{{0, 0, 0, 0}, {-1, -1, -1, 2}, {1, 1, 1, 2}}, {b.conv(x, three(4))});
    const auto around = b.add_node(pad{{0, 0, 0, 1}, {0, 0, 0, 1}, pad_mode::wrap}, {b.conv(x, three(4))});
    const auto shared = b.conv(x, three(4));
    const auto groups = groups_of(b, {turned, steps, around, b.add(b.input({1, 4, 4, 4}, "second"), shared)});
    CHECK(free_of(groups).empty());
    CHECK(stays_because(groups, "conv2d0", "softmax mixes channels ('softmax1')"));
    CHECK(stays_because(groups, "conv2d2", "transpose mixes channels"));
    CHECK(stays_because(groups, "conv2d4", "takes channels in steps"));
    CHECK(stays_because(groups, "conv2d6", "repeats channels"));
    CHECK(stays_because(groups, "conv2d8", "an input of the network ('second')"));
}

TEST_CASE("channel groups: weights that are shared or computed keep what they make and read") {
    builder b;
    const auto x = b.input({1, 4, 4, 3});
    const auto first = b.conv(x, three(4));
    const auto w = b.random({4, 1, 1, 4}, 1);
    const auto twice = b.add_node(conv2d{}, {b.add_node(conv2d{}, {first, w}), w});
    const auto groups = groups_of(b, {b.conv(twice, three(2))});
    CHECK(free_of(groups).empty());
    CHECK(stays_because(groups, "conv2d0", "weights are shared with another layer"));
}

TEST_CASE("channel groups: a user's layer keeps its channels until it says how it shrinks") {
    graph_builder<float, my_layers> b;
    const auto x = b.relu(b.conv(b.input({1, 4, 4, 3}), three(4)));
    const auto y = b.conv(b.add_node(mirror{}, {x}), three(4));
    const auto z = b.conv(b.relu(y), three(2));
    const auto g = std::move(b).finish({z});
    REQUIRE(g);
    const auto groups = find_channel_groups(*g);
    REQUIRE(groups);
    CHECK(stays_because(*groups, "conv2d0", "nothing is known of how a mirror shrinks ('mirror2')"));
    CHECK(free_of(*groups).size() == 1);
}
