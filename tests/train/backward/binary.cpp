// SPDX-License-Identifier: MIT
#include <string>

#include <doctest/doctest.h>
#include <pith/train/backward/binary.hpp>

#include "../layer_check.hpp"

using namespace pith;

TEST_CASE("binary: gradients of both operands for every function under broadcasting") {
    const std::pair<shape, shape> pairs[] = {{{2, 3, 4}, {2, 3, 4}}, {{2, 3, 4}, {4}},
                                             {{2, 3, 4}, {3, 1}},    {{2, 3, 4}, {2, 1, 4}},
                                             {{2, 1, 4}, {1, 3, 1}}, {{2, 3}, {}}};
    for (int op = 0; op <= static_cast<int>(binary_op::prelu); ++op)
        for (const auto& [a, b] : pairs) {
            const binary layer{static_cast<binary_op>(op)};
            if (layer.op == binary_op::prelu && *broadcast(a, b) != a)
                continue;
            const bool positive = layer.op == binary_op::div || layer.op == binary_op::pow;
            random_bits bits(8);
            tests::net n;
            const auto x = n.input(a);
            const auto y = n.constant(tests::random_tensor(b, bits, positive ? 0.5 : -1, 2));
            INFO(std::string(kind_of(layer)));
            CHECK(tests::error_of(std::move(n).finish({n.add_node(layer, {x, y})}),
                                  {.low = positive ? 0.5 : -1, .step = 1e-4, .learned = {{y}}}) < 1e-8);
        }
}

TEST_CASE("binary: a value with itself, and powers by whole numbers") {
    tests::net n;
    const auto x = n.input({2, 3});
    CHECK(tests::error_of(std::move(n).finish({n.add_node(binary{binary_op::mul}, {x, x})})) < 1e-9);
    tests::net p;
    const auto base = p.input({2, 3});
    const auto three = p.indices(tensor<std::int64_t>({1}, 3));
    CHECK(tests::error_of(std::move(p).finish({p.add_node(binary{binary_op::pow}, {base, three})})) < 1e-8);
}

TEST_CASE("binary: gradients only reach what is kept") {
    tests::net n;
    const auto x = n.input({2, 3});
    const auto holds = n.indices(tensor<std::int64_t>({3}, {1, 0, 1}));
    n[holds].type = format::dtype::boolean;
    CHECK(tests::error_of(std::move(n).finish({n.add_node(binary{binary_op::keep}, {x, holds})})) < 1e-8);
}
