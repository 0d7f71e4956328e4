// SPDX-License-Identifier: MIT
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <pith/graph/builder.hpp>
#include <pith/train/tape_step.hpp>

namespace {

using namespace pith;

/// conv, norm, relu, conv, norm, addition of the first rectified values, relu.
struct residual_net {
    graph_builder<float> b;
    value_id x = b.input({1, 4, 4, 3});
    value_id first = b.conv(x, {.out = 3, .kernel = {1, 1}, .bias = false});
    value_id rectified = b.relu(b.normalize(first));
    value_id second = b.conv(rectified, {.out = 3, .kernel = {1, 1}, .bias = false});
    value_id y = b.relu(b.add(b.normalize(second), rectified));

    graph<float> finish() { return *std::move(b).finish({y}); }
};

} // namespace

TEST_CASE("tape step: a chain is one step, which reads what its first and gives what its last node does") {
    residual_net net;
    const auto g = net.finish();
    CHECK(train::steps_of(g, false).size() == g.nodes.size());
    const auto steps = train::steps_of(g, true);
    REQUIRE(steps.size() == 4);
    CHECK(!steps[0].chain);
    REQUIRE(steps[1].chain);
    CHECK(!steps[1].chain->residual);
    CHECK(steps[1].in[0] == net.first);
    CHECK(steps[1].out == std::vector{net.rectified});
    REQUIRE(steps[3].chain);
    CHECK(steps[3].chain->residual);
    CHECK(steps[3].in[0] == net.second);
    CHECK(steps[3].in.back() == net.rectified);
    CHECK(steps[3].out == std::vector{net.y});
}

TEST_CASE("tape step: gradients spread from what is learned to all that is computed from it") {
    residual_net net;
    const auto g = net.finish();
    const auto steps = train::steps_of(g, false);
    std::vector<bool> wants(g.values.size(), false);
    wants[g.nodes[3].inputs[1]] = true; // the second convolution's weights
    train::spread_gradients(g, steps, wants);
    CHECK(!wants[net.x]);
    CHECK(!wants[net.first]);
    CHECK(!wants[net.rectified]);
    CHECK(wants[net.second]);
    CHECK(wants[net.y]);
}

TEST_CASE("tape step: convolutions work for the normalisations around them, unless others need the values") {
    residual_net net;
    const auto g = net.finish();
    auto steps = train::steps_of(g, true);
    std::vector<bool> wants(g.values.size(), true);
    train::defer_norms(g, wants, steps);
    const auto* first = steps[1].data.norm.get();
    REQUIRE(first != nullptr);
    CHECK(first->gradient);
    CHECK(!first->value); // the addition reads the rectified values too
    CHECK(steps[1].leaves_gradient());
    CHECK(steps[0].after == first);
    CHECK(steps[0].freed_late == net.rectified);
    CHECK(steps[2].before == nullptr);
    CHECK(steps[2].after == steps[3].data.norm.get());
    CHECK(!steps[0].leaves_gradient());

    auto frozen = train::steps_of(g, true);
    wants[net.first] = false;
    train::defer_norms(g, wants, frozen);
    CHECK(frozen[0].after == nullptr);
    CHECK(frozen[2].after != nullptr);
}
