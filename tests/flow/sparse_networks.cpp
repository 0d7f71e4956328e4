// SPDX-License-Identifier: MIT
// Networks whose zeros are left out: programs compute what is simulated and what the dense programs compute,
// take less memory, and say how their weights are stored.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <pith/graph/builder.hpp>
#include <pith/plan/explain.hpp>
#include <pith/prune/tiles.hpp>
#include <pith/run/describe.hpp>

#include "networks.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;

/// Every kind of window, a residual, panels that are not full, an image and a vector.
graph<float> plain_net() {
    graph_builder<float> b(11);
    const auto first = b.relu(b.conv(b.input({2, 11, 9, 3}), {.out = 20, .pads = {1, 1, 1, 1}}));
    const auto wide = b.relu(b.conv(first, {.out = 37, .strides = {2, 2}, .pads = {1, 1, 1, 1}}));
    auto y = b.conv(wide, {.out = 37, .pads = {2, 2, 2, 2}, .dilations = {2, 2}});
    y = b.relu(b.add(y, wide));
    y = b.relu(b.conv(y, {.out = 48, .kernel = {1, 1}}));
    y = b.relu(b.conv(y, {.out = 24, .pads = {0, 1, 1, 0}, .groups = 2, .bias = false}));
    return *std::move(b).finish({b.fully_connected(b.flatten(y), 21)});
}

graph<float> pruned(graph<float> g, std::uint8_t inputs, float remove) {
    auto p = prune::tiles{
        .inputs = inputs, .remove = remove, .dense = {.first_last = false, .depth_below = 1}}(std::move(g));
    REQUIRE(p);
    return *std::move(p);
}

graph<float> without_patterns(graph<float> g) {
    for (auto& v : g.values)
        v.sparsity = {};
    return g;
}

std::size_t count(const std::vector<std::byte>& bytes, std::string_view name) {
    const auto program = run::program_view::open(bytes);
    REQUIRE(program);
    std::size_t n = 0;
    for (const auto op : program->ops())
        n += run::name_of(*program, op) == name ? 1 : 0;
    return n;
}

TEST_CASE("sparse networks: float programs compute what is simulated, and are smaller") {
    const auto g = pruned(plain_net(), 1, 0.8f);
    CHECK(flow::check_everywhere(g, 9).codes == 0);
    const auto sparse = plan::pack(g);
    const auto dense = plan::pack(without_patterns(g));
    REQUIRE(sparse);
    REQUIRE(dense);
    CHECK(count(*sparse, "sparse_convolution_f32") == 5); // all but the one in groups
    CHECK(count(*dense, "sparse_convolution_f32") == 0);
    CHECK(sparse->size() * 5 < dense->size() * 2);
}

TEST_CASE("sparse networks: programs in codes compute what is simulated, bit for bit, and are smaller") {
    const auto g = flow::encoded(pruned(plain_net(), 4, 0.8f), 5);
    CHECK(flow::check_everywhere(g, 9).reals == 0);
    const auto sparse = plan::pack(g);
    const auto dense = plan::pack(without_patterns(g));
    REQUIRE(sparse);
    REQUIRE(dense);
    CHECK(count(*sparse, "sparse_convolution_u8") == 5);
    CHECK(count(*dense, "sparse_convolution_u8") == 0);
    CHECK(sparse->size() * 5 < dense->size() * 3);
}

TEST_CASE("sparse networks: few zeros are stored, since leaving them out would be slower") {
    const auto g = pruned(plain_net(), 1, 0.3f);
    const auto bytes = plan::pack(g);
    REQUIRE(bytes);
    CHECK(count(*bytes, "sparse_convolution_f32") == 0);
    const auto choices = plan::explain(g);
    REQUIRE(choices);
    CHECK((*choices)[0].storage.find("zeros are stored: ") == 0);
    plan::target eager = plan::native();
    eager.costs.sparse_f32 = 1.f;
    CHECK(count(*plan::pack(g, {.processor = eager}), "sparse_convolution_f32") == 5);
}

TEST_CASE("sparse networks: the plan says how weights are stored") {
    graph_builder<float> b(1);
    const auto x = b.input({1, 4});
    auto g = *std::move(b).finish({b.fully_connected(b.fully_connected(x, 20), 3)});
    auto& w = g[g.nodes[0].inputs[1]];
    for (std::size_t i = 0; i < w.reals()->size(); ++i)
        if (i % 4 != 1 || i >= std::size_t{16} * 4) // of the second panel nothing is left
            (*w.reals())[i] = 0.f;
    w.sparsity = format::sparsity::free();
    const auto choices = plan::explain(g);
    REQUIRE(choices);
    CHECK((*choices)[0].storage == "zeros are left out: 1 of 8 columns by 16 outputs hold weights");
    CHECK((*choices)[1].storage.empty());
    CHECK(flow::check_everywhere(g, 2).reals > 0);
    std::fill(w.reals()->data().begin(), w.reals()->data().end(), 0.f);
    CHECK(flow::check_everywhere(g, 3).reals > 0); // no weight is stored at all
    const auto bytes = plan::pack(g);
    REQUIRE(bytes);
    CHECK(count(*bytes, "sparse_convolution_f32") == 1);
}

} // namespace
