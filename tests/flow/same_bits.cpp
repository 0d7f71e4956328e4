// SPDX-License-Identifier: MIT
// A packed program gives the bits its simulation gives, at every layer and with every kernel set.
#include "networks.hpp"

namespace {

using pith::graph_builder;
using pith::value_id;

TEST_CASE("convolution, pool, dense") {
    graph_builder<float> b(3);
    const auto x = b.input({1, 12, 10, 3});
    const auto c1 = b.relu(b.conv(x, {.out = 8, .pads = {1, 1, 1, 1}}));
    const auto p = b.max_pool(c1, 2);
    const auto c2 = b.relu(b.conv(p, {.out = 20, .strides = {2, 2}, .pads = {1, 1, 1, 1}}));
    const auto y = b.fully_connected(b.flatten(b.global_average(c2)), 10);
    const auto g = flow::encoded(flow::finish(std::move(b), {y}), 7);
    flow::check_everywhere(g, 8);
}

} // namespace
