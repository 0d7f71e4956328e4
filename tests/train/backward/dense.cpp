// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/train/backward/dense.hpp>

#include "../layer_check.hpp"

using namespace pith;
using tests::random_tensor;

TEST_CASE("dense: gradients of input, weights and bias") {
    random_bits bits(3);
    for (const auto& dims : {shape{3, 7}, shape{70, 5}, shape{2, 3, 4}}) {
        for (const bool bias : {true, false}) {
            tests::net n;
            const auto x = n.input(dims);
            std::vector<value_id> in{x, n.constant(random_tensor({9, dims.back()}, bits))};
            if (bias)
                in.push_back(n.constant(random_tensor({9}, bits)));
            CHECK(tests::error_of(std::move(n).finish({n.add_node(dense{}, in)})) < 1e-9);
        }
    }
}
