// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/train/backward/movement.hpp>

#include "../layer_check.hpp"
#include "support/compiled.hpp"

namespace {

using namespace pith;

/// Error of a layer between two functions that are not linear, so that values and gradients both matter.
template <class Layer>
double error_between(const Layer& layer, const shape& dims, std::vector<tensor<std::int64_t>> wholes = {}) {
    tests::net n;
    std::vector<value_id> in{n.add_node(unary{.op = unary_op::tanh}, {n.input(dims)})};
    for (auto& w : wholes)
        in.push_back(n.indices(std::move(w)));
    return tests::error_of(
        std::move(n).finish({n.add_node(unary{.op = unary_op::sin}, {n.add_node(layer, in)})}));
}

} // namespace

TEST_CASE("pad: gradients in every mode, and of cropping") {
    for (const auto mode : {pad_mode::constant, pad_mode::edge, pad_mode::reflect, pad_mode::wrap})
        CHECK(error_between(pad{{0, 1, 2, 0}, {0, 2, 1, 1}, mode, 0.5}, {2, 4, 4, 2}) < 1e-8);
    CHECK(error_between(pad{{0, -1, 0, 0}, {0, 0, -2, 0}, pad_mode::constant, 0}, {2, 4, 4, 2}) < 1e-8);
}

TEST_CASE("slice, transpose, reshape, expand: gradients") {
    CHECK(error_between(slice{{0, 1, 3}, {2, 2, 2}, {1, 1, -2}}, {2, 3, 4}) < 1e-8);
    CHECK(error_between(transpose{{0, 3, 1, 2}}, {2, 3, 4, 2}) < 1e-8);
    CHECK(error_between(reshape{{0, -1}}, {2, 3, 4}) < 1e-8);
    CHECK(error_between(expand{{2, 3, 4}}, {2, 1, 4}) < 1e-8);
}

TEST_CASE("gather: gradients of elements picked twice, and not at all") {
    CHECK(error_between(gather{1}, {2, 5, 3}, {tensor<std::int64_t>({4}, {0, -1, 0, 2})}) < 1e-8);
}

TEST_CASE("concat and split: gradients of every part, one of them unused") {
    tests::net n;
    const auto x = n.input({2, 6, 3});
    const auto parts = n.node_of(split{1, {1, 2, 3}}, {n.add_node(unary{.op = unary_op::tanh}, {x})});
    const auto joined =
        n.add_node(concat{2}, {parts[2], n.add_node(unary{.op = unary_op::sin}, {parts[2]}), parts[2]});
    const auto other = n.add_node(reduce{reduce_op::sum, {1}, true}, {parts[0]});
    CHECK(tests::error_of(std::move(n).finish({n.add_node(
              binary{binary_op::mul}, {joined, n.add_node(concat{2}, {other, other, other})})})) < 1e-8);
}

TEST_CASE("cast: passes values and gradients on, refuses whole numbers") {
    tests::net n;
    const auto x = n.input({2, 3});
    CHECK(tests::error_of(std::move(n).finish({n.add_node(cast{format::dtype::f64}, {x})})) < 1e-9);
    tests::net w;
    const auto y = w.input({2, 3});
    const auto made = train::tape<double>::make(
        *std::move(w).finish({w.add_node(cast{format::dtype::i64}, {y})}), {.batch = 2});
    REQUIRE(!made);
    CHECK(made.error().code == errc::unsupported);
}
