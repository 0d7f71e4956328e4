// SPDX-License-Identifier: MIT
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>
#include <pith/train/backward/conv_packing.hpp>

namespace {

using namespace pith;
using train::detail::conv_packing;

/// Its element (output, tap, channel of the group) is 100 output + 10 tap + channel + 1.
std::vector<double> master(std::int64_t out, std::int64_t taps, std::int64_t in) {
    std::vector<double> w;
    for (std::int64_t o = 0; o < out; ++o)
        for (std::int64_t t = 0; t < taps; ++t)
            for (std::int64_t c = 0; c < in; ++c)
                w.push_back(static_cast<double>(100 * o + 10 * t + c + 1));
    return w;
}

train::conv_plan plan_of(std::int64_t in, const shape& weights, std::uint32_t groups) {
    const conv2d layer{.groups = groups};
    return train::make_conv_plan(layer, shape{1, 3, 3, in}, weights,
                                 shape{1, 4 - weights[1], 4 - weights[2], weights[0]});
}

} // namespace

TEST_CASE("conv packing: panels of outputs forward, panels of inputs backward, filled up with zeros") {
    const auto plan = plan_of(2, shape{3, 1, 2, 2}, 1);
    const conv_packing packing{plan, 4};
    const auto w = master(3, 2, 2);
    CHECK(packing.master_size() == 12);
    REQUIRE(packing.forward_size() == 16);
    std::vector<double> forward(16);
    packing.forward(w.data(), forward.data());
    CHECK(forward == std::vector<double>{1, 101, 201, 0, 2, 102, 202, 0, 11, 111, 211, 0, 12, 112, 212, 0});

    REQUIRE(plan.classes.size() == 1);
    REQUIRE(packing.backward_size() == 24);
    std::vector<double> backward(24);
    packing.backward(w.data(), backward.data());
    std::vector<double> expected;
    for (const std::size_t tap : plan.classes[0].window.taps)
        for (std::size_t o = 0; o < 3; ++o)
            for (const double v : {w[4 * o + 2 * tap], w[4 * o + 2 * tap + 1], 0.0, 0.0})
                expected.push_back(v);
    CHECK(backward == expected);
}

TEST_CASE("conv packing: groups one after the other") {
    const auto plan = plan_of(4, shape{4, 1, 1, 2}, 2);
    const conv_packing packing{plan, 2};
    const auto w = master(4, 1, 2);
    std::vector<double> to(packing.forward_size());
    packing.forward(w.data(), to.data());
    CHECK(to == std::vector<double>{1, 101, 2, 102, 201, 301, 202, 302});
    to.assign(packing.backward_size(), 0);
    packing.backward(w.data(), to.data());
    CHECK(to == std::vector<double>{1, 2, 101, 102, 201, 202, 301, 302});
}

TEST_CASE("conv packing: depthwise weights lie tap by tap") {
    const auto plan = plan_of(3, shape{3, 1, 2, 1}, 3);
    REQUIRE(plan.depthwise);
    const conv_packing packing{plan, 4};
    const auto w = master(3, 2, 1);
    std::vector<double> to(packing.forward_size());
    packing.forward(w.data(), to.data());
    CHECK(to == std::vector<double>{1, 101, 201, 11, 111, 211});
    CHECK(packing.backward_size() == 6);
}
