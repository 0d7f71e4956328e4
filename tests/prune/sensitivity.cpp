// SPDX-License-Identifier: MIT
#include "pith/prune/sensitivity.hpp"

#include "networks.hpp"
#include "support/compiled.hpp"

using namespace pith;
using namespace pith::prune;

namespace {

/// Two layers whose channels can go; half of the first one's make nothing.
graph<double> network() {
    test::builder b(3);
    const auto x = b.input({1, 4, 4, 2});
    const auto first = b.relu(b.conv(x, {.out = 8, .kernel = {3, 3}, .pads = {1, 1, 1, 1}, .bias = false}));
    const auto second = b.relu(b.conv(first, {.out = 8, .kernel = {3, 3}, .pads = {1, 1, 1, 1}}));
    auto g = *std::move(b).finish({b.conv(second, {.out = 4, .kernel = {1, 1}})});
    auto& w = *g[g.nodes[0].inputs[1]].reals();
    for (std::size_t i = 0; i < w.size() / 2; ++i)
        w[i] = 0;
    return g;
}

sensitivity measuring(const graph<double>& g) {
    return {
        .step = {.multiple_of = 4, .look = {.calibration = test::samples_for(g), .samples = 8}, .fit = false},
        .shares = {0.2f, 0.5f},
        .judged = 8};
}

} // namespace

TEST_CASE("sensitivity: each group alone, by each share that its tile allows") {
    const auto g = network();
    std::vector<group_sensitivity> told;
    const auto seen = measuring(g)(g, [&](const group_sensitivity& s) { told.push_back(s); });
    REQUIRE(seen.has_value());
    REQUIRE(seen->size() == 2); // a fifth of eight channels is less than the four that go together
    CHECK(told.size() == 2);
    const auto& dead = (*seen)[0];
    CHECK(dead.group == "conv2d0");
    CHECK(dead.units == 8);
    CHECK(dead.removed == 4);
    CHECK(dead.macs == 16 * 9 * (4 * 2 + 4 * 8));
    CHECK(sqnr(dead.error) > 200);
    CHECK(dead.same_decisions == 1);
    const auto& alive = (*seen)[1];
    CHECK(alive.group == "conv2d2");
    CHECK(alive.macs == 16 * (9 * 8 * 4 + 4 * 4));
    CHECK(sqnr(alive.error) < 40);
    CHECK(alive.error.elements == 8 * 16 * 4);
}

TEST_CASE("sensitivity: samples are needed, behind those that layers are fitted to as well") {
    const auto g = network();
    const auto nobody = [](const group_sensitivity&) {};
    auto blind = measuring(g);
    blind.step.look.calibration = nullptr;
    CHECK(blind(g, nobody).error().code == errc::missing);
    auto few = measuring(g);
    few.step.fit = true;
    few.step.look.calibration = [all = test::samples_for(g)](std::size_t i) {
        return i < 8 ? all(i) : std::nullopt;
    };
    CHECK(few(g, nobody).error().code == errc::missing);
}
