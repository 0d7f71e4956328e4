// SPDX-License-Identifier: MIT
#include <limits>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/builder.hpp>
#include <pith/graph/evaluate.hpp>
#include <pith/graph/passes/as_float32.hpp>

namespace {

using namespace pith;
using format::dtype;

/// float32 -> float16: x + 2049, which float16 does not have -> float32
graph<float> half_network() {
    graph_builder<float> b;
    const auto x = b.input({3});
    const auto h = b.add_node(cast{dtype::f16}, {x});
    const auto w = b.constant(tensor<float>(shape{}, 2048.F), "w");
    b[w].type = dtype::f16;
    const auto sum = b.add(h, w);
    auto g = std::move(b).finish({b.add_node(cast{dtype::f32}, {sum}), sum});
    REQUIRE(g);
    return *std::move(g);
}

std::vector<tensor<float>> outputs_of(const graph<float>& g, const tensor<float>& x) {
    const std::vector<any_tensor<float>> in{x};
    auto out = evaluate(g, in);
    REQUIRE(out);
    std::vector<tensor<float>> reals;
    for (auto& t : *out)
        reals.push_back(std::get<0>(std::move(t)));
    return reals;
}

TEST_CASE("float16 values are rounded behind each layer, and no longer after the pass") {
    const auto g = half_network();
    CHECK(g[g.outputs[0]].type == dtype::f32);
    CHECK(g[g.outputs[1]].type == dtype::f16);
    const tensor<float> x({3}, {1.F, 3.F, 1e6F});
    constexpr float inf = std::numeric_limits<float>::infinity();
    for (const auto& y : outputs_of(g, x))
        CHECK(y == tensor<float>({3}, {2048.F, 2052.F, inf})); // 2049 and 2051 are ties
    const auto wide = passes::as_float32{}(g);
    REQUIRE(wide);
    for (const auto& v : wide->values)
        CHECK(v.type == dtype::f32);
    for (const auto& y : outputs_of(*wide, x))
        CHECK(y == tensor<float>({3}, {2049.F, 2051.F, 1002048.F}));
}

TEST_CASE("what is no computed real type stays") {
    graph_builder<float> b;
    const auto x = b.input({2});
    const auto small = b.add_node(cast{dtype::f8e4m3fn}, {x});
    const auto whole = b.add_node(cast{dtype::i16}, {x});
    auto g = std::move(b).finish({b.add_node(cast{dtype::f64}, {small})});
    REQUIRE(g);
    const auto wide = passes::as_float32{}(*std::move(g));
    REQUIRE(wide);
    CHECK((*wide)[small].type == dtype::f8e4m3fn);
    CHECK((*wide)[whole].type == dtype::i16);
    CHECK((*wide)[wide->outputs[0]].type == dtype::f32);
    CHECK(outputs_of(*wide, tensor<float>({2}, {1000.F, 0.3F}))[0] == tensor<float>({2}, {448.F, 0.3125F}));
}

} // namespace
