// SPDX-License-Identifier: MIT
#include "pith/plan/store.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "pith/base/buffer.hpp"
#include "pith/base/random.hpp"
#include "pith/graph/builder.hpp"
#include "pith/plan/pack.hpp"

namespace {

/// A dense layer, nine of ten weights of which are 0.
[[nodiscard]] pith::graph<float> sparse_network() {
    pith::graph_builder<float> b(3);
    pith::random_bits random(3);
    const auto x = b.input({1, 64});
    pith::tensor<float> weights({64, 64});
    for (auto& w : weights.data())
        w = random.unit() < 0.1F ? random.unit() : 0.0F;
    const auto y = b.add_node(pith::dense{}, {x, b.constant(std::move(weights), "weights")});
    return *std::move(b).finish({b.relu(y)});
}

} // namespace

TEST_CASE("store: a program comes back byte by byte, and runs of one kind are found") {
    const auto program = pith::plan::pack(sparse_network());
    REQUIRE(program);
    pith::buffer aligned(program->size());
    std::memcpy(aligned.data(), program->data(), program->size());
    const auto stored = pith::plan::store(aligned.bytes());
    REQUIRE(stored);
    CHECK(stored->size() < program->size() / 4);
    REQUIRE(pith::run::is_stored(*stored));
    CHECK(*pith::run::expanded_bytes(*stored) == program->size());
    pith::buffer expanded(program->size());
    pith::format::symbol_model model;
    REQUIRE(pith::run::expand(*stored, expanded.bytes(), model));
    CHECK(std::memcmp(expanded.data(), program->data(), program->size()) == 0);
}

TEST_CASE("store: what is not a program is refused") {
    const std::vector<std::byte> bytes(64);
    CHECK_FALSE(pith::plan::store(bytes));
}
