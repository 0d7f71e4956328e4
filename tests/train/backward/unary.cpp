// SPDX-License-Identifier: MIT
#include <string>

#include <doctest/doctest.h>
#include <pith/train/backward/unary.hpp>

#include "../layer_check.hpp"

using namespace pith;

TEST_CASE("unary: gradients of every smooth function, and of the others away from their kinks") {
    for (int op = 0; op <= static_cast<int>(unary_op::cos); ++op)
        for (const double alpha : {0.0, 0.7}) {
            unary layer{.op = static_cast<unary_op>(op), .alpha = alpha, .beta = 0.4};
            tests::check_options o{.low = -4, .high = 4, .step = 1e-4};
            if (layer.op == unary_op::log || layer.op == unary_op::sqrt || layer.op == unary_op::reciprocal)
                o.low = 0.3;
            if (layer.op == unary_op::clip)
                layer = {unary_op::clip, -2, 2.5};
            tests::net n;
            const auto x = n.input({3, 31});
            INFO(std::string(kind_of(layer)));
            CHECK(tests::error_of(std::move(n).finish({n.add_node(layer, {x})}), o) < 1e-7);
        }
}
