// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/quantize/quantization_groups.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "net.hpp"

using namespace pith;
using test::named;

namespace {

std::size_t count_of(const graph<float>& g, execution how) {
    const auto all = executions_of(g);
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const auto& e) { return e.how == how; }));
}

bool coded(const graph<float>& g, const std::string& name) {
    return named(g, name).is_coded();
}

bool together(const graph<float>& g, const quantize::quantization_groups& p, const std::string& a,
              const std::string& b) {
    const auto id = [&](const std::string& name) {
        return static_cast<value_id>(&named(g, name) - g.values.data());
    };
    for (const auto& group : p.groups) {
        const auto has = [&](value_id v) {
            return std::find(group.members.begin(), group.members.end(), v) != group.members.end();
        };
        if (has(id(a)))
            return has(id(b));
    }
    return false;
}

} // namespace

TEST_CASE("quantization groups: a residual network runs in codes from door to door") {
    auto g = test::residual_net();
    const auto p = quantize::group_values(g);
    REQUIRE(p);
    CHECK(count_of(g, execution::real) == 0);
    CHECK(count_of(g, execution::fused) == 2);
    CHECK(!coded(g, "conv1"));
    CHECK(!coded(g, "add"));
    for (const char* name : {"input", "relu1", "pool", "conv2", "relu2", "mean", "flat", "dense", "softmax"})
        CHECK_MESSAGE(coded(g, name), name);
    CHECK(together(g, *p, "relu1", "pool"));
    CHECK(together(g, *p, "mean", "flat"));
    CHECK(!together(g, *p, "relu2", "mean"));
    CHECK(p->weights.size() == 3);
    CHECK(p->operands.empty());
    CHECK(p->groups.size() == 7);
    for (const auto& group : p->groups)
        CHECK(group.sources.size() == 1);
}

TEST_CASE("quantization groups: a value that others read too keeps its own codes in front of a relu") {
    test::net n;
    const auto x = n.input({1, 4, 4, 2});
    const auto c = n.conv("conv", x, 2);
    const auto r = n.relu("relu", c);
    auto g = n.finish(n.add("add", binary{}, {c, r}));
    REQUIRE(quantize::group_values(g));
    CHECK(coded(g, "conv"));
    CHECK(coded(g, "relu"));
    CHECK(count_of(g, execution::real) == 0);
    CHECK(count_of(g, execution::fused) == 0);
}

TEST_CASE("quantization groups: outputs may stay real, back through what only moves them") {
    test::net n;
    const auto x = n.input({1, 6});
    const auto d = n.dense_layer("dense", x, 4);
    auto g = n.finish(n.add("shape", reshape{{0, 2, 2}}, {d}));
    REQUIRE(quantize::group_values(g, {.outputs = false, .in_real = {}}));
    CHECK(coded(g, "input"));
    CHECK(!coded(g, "dense"));
    CHECK(!coded(g, "shape"));
    CHECK(executions_of(g)[0].how == execution::integer);
    REQUIRE(quantize::group_values(g));
    CHECK(coded(g, "dense"));
    CHECK(coded(g, "shape"));
    CHECK(count_of(g, execution::real) == 0);
}

TEST_CASE(
    "quantization groups: layers in floating point are named, and nothing around them is coded needlessly") {
    auto g = test::residual_net();
    const auto p = quantize::group_values(g, {.outputs = true, .in_real = {"dense"}});
    REQUIRE(p);
    CHECK(p->weights.size() == 2);
    CHECK(coded(g, "flat"));
    CHECK(!coded(g, "dense"));
    CHECK(!coded(g, "softmax"));
    CHECK(count_of(g, execution::real) == 2);

    REQUIRE(quantize::group_values(g, {.outputs = true, .in_real = {"dense", "conv1", "conv2"}}));
    for (const auto& v : g.values)
        CHECK(!v.is_coded());

    REQUIRE(quantize::group_values(g, {.outputs = true, .in_real = {"conv1"}}));
    CHECK(!coded(g, "input"));
    CHECK(coded(g, "relu1"));

    CHECK(!quantize::group_values(g, {.outputs = true, .in_real = {"conv7"}}));
    CHECK(!quantize::group_values(g, {.outputs = true, .in_real = {"relu1"}}));
}

TEST_CASE("quantization groups: layers without integer form split the network") {
    test::net n;
    const auto x = n.input({1, 4, 4, 2});
    const auto a = n.conv("conv1", x, 2);
    const auto b =
        n.add("div", binary{.op = binary_op::div}, {a, n.constant(test::random_tensor({2}, 5, 1.f, 2.f))});
    const auto c = n.add("sub", binary{.op = binary_op::sub}, {b, a});
    const auto d = n.add("shape", reshape{{0, 16, 2}}, {c});
    const auto e = n.dense_layer("dense", d, 3);
    const auto f = n.add("log", softmax{.axis = 2, .log = true}, {e});
    auto g = n.finish(f);
    REQUIRE(quantize::group_values(g));
    CHECK(coded(g, "conv1"));
    CHECK(!coded(g, "div"));
    CHECK(coded(g, "dense"));
    CHECK(!coded(g, "log"));
    CHECK(count_of(g, execution::real) == 3);
}

TEST_CASE("quantization groups: a concatenation shares codes with what only it reads") {
    test::net n;
    const auto x = n.input({1, 4, 4, 2});
    const auto a = n.relu("a", n.conv("conv1", x, 2));
    const auto b = n.add("b", pool2d{.kernel = {3, 3}, .pads = {1, 1, 1, 1}}, {n.conv("conv2", x, 3)});
    const auto both = n.add("both", concat{3}, {a, b});
    const auto c = n.conv("conv3", both, 2);
    const auto more = n.add("more", concat{3}, {both, c});
    auto g = n.finish(n.conv("conv4", more, 2));
    const auto p = quantize::group_values(g);
    REQUIRE(p);
    CHECK(together(g, *p, "a", "both"));
    CHECK(together(g, *p, "b", "both"));
    CHECK(together(g, *p, "conv2", "both"));
    CHECK(together(g, *p, "conv3", "more"));
    CHECK(!together(g, *p, "both", "more")); // conv3 reads it too
    CHECK(count_of(g, execution::real) == 0);
}

TEST_CASE("quantization groups: constant operands of additions get codes") {
    test::net n;
    const auto x = n.input({1, 4, 4, 2});
    const auto c = n.conv("conv", x, 2);
    auto g = n.finish(n.add("add", binary{}, {c, n.constant(test::random_tensor({2}, 3))}));
    const auto p = quantize::group_values(g);
    REQUIRE(p);
    CHECK(p->operands.size() == 1);
    CHECK(count_of(g, execution::real) == 0);
}

TEST_CASE("quantization groups: without conv2d or dense there is nothing to gain") {
    test::net n;
    const auto x = n.input({1, 4, 4, 2});
    const auto r = n.relu("relu", x);
    auto g = n.finish(n.add("add", binary{}, {r, x}));
    const auto p = quantize::group_values(g);
    REQUIRE(p);
    CHECK(p->groups.empty());
}
