// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/train/backward/matmul.hpp>

#include "../layer_check.hpp"

using namespace pith;

TEST_CASE("matmul: gradients of both factors under broadcasting") {
    const std::pair<shape, shape> pairs[] = {
        {{3, 4}, {4, 5}}, {{2, 3, 4}, {2, 4, 5}}, {{2, 1, 3, 4}, {3, 4, 2}}, {{2, 3, 4}, {4, 5}}};
    for (const auto& [a, b] : pairs) {
        random_bits bits(10);
        tests::net n;
        const auto x = n.input(a);
        const auto w = n.constant(tests::random_tensor(b, bits));
        CHECK(tests::error_of(std::move(n).finish({n.add_node(matmul{}, {x, w})})) < 1e-9);
    }
    tests::net n;
    const auto x = n.input({2, 3, 3});
    CHECK(tests::error_of(std::move(n).finish({n.add_node(matmul{}, {x, x})})) < 1e-8);
}
