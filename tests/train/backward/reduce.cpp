// SPDX-License-Identifier: MIT
#include <string>

#include <doctest/doctest.h>
#include <pith/train/backward/reduce.hpp>

#include "../layer_check.hpp"
#include "support/compiled.hpp"

using namespace pith;

TEST_CASE("reduce: gradients of every reduction over every choice of axes") {
    for (int op = 0; op <= static_cast<int>(reduce_op::log_sum_exp); ++op)
        for (const auto& axes : {std::vector<std::uint8_t>{}, {1}, {2}, {1, 2}, {0, 2}}) {
            const reduce layer{static_cast<reduce_op>(op), axes, true};
            const bool positive = layer.op == reduce_op::log_sum;
            tests::net n;
            const auto x = n.input({2, 3, 4});
            INFO(std::string(kind_of(layer)));
            CHECK(tests::error_of(std::move(n).finish({n.add_node(layer, {x})}),
                                  {.low = positive ? 0.1 : -1, .step = 1e-5}) < 1e-7);
        }
}

TEST_CASE("reduce: a product with zeros has the gradient of the others' product") {
    for (const std::size_t zeros : {1u, 2u}) {
        tests::net n;
        const auto x = n.input({1, 4});
        auto tape = *train::tape<double>::make(
            *std::move(n).finish({n.add_node(reduce{reduce_op::prod, {1}, false}, {x})}),
            {.batch = 1, .input_gradients = true});
        const double values[] = {2, 0, 3, zeros == 2 ? 0.0 : 5.0};
        std::copy(values, values + 4, tape.input().begin());
        REQUIRE(tape.forward());
        tape.output_gradient()[0] = 1;
        tape.backward();
        CHECK(tape.input_gradient()[0] == 0);
        CHECK(tape.input_gradient()[1] == (zeros == 2 ? 0 : 30));
    }
}
