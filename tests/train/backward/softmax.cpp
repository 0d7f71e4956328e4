// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/train/backward/softmax.hpp>

#include "../layer_check.hpp"

using namespace pith;

TEST_CASE("softmax: gradients along every axis, and of the logarithm") {
    for (const std::uint8_t axis : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{2}})
        for (const bool log : {false, true}) {
            tests::net n;
            const auto x = n.input({3, 4, 5});
            CHECK(tests::error_of(std::move(n).finish({n.add_node(softmax{axis, log}, {x})}),
                                  {.low = -2, .high = 2}) < 1e-8);
        }
}
