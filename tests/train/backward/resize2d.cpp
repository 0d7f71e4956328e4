// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <pith/train/backward/resize2d.hpp>

#include "../layer_check.hpp"

using namespace pith;

TEST_CASE("resize2d: gradients of nearest, linear and cubic, up and down") {
    for (const auto mode : {resize_mode::nearest, resize_mode::linear, resize_mode::cubic})
        for (const auto& sizes : {std::array<std::int64_t, 2>{8, 10}, std::array<std::int64_t, 2>{3, 2}}) {
            const resize2d layer{
                .mode = mode,
                .sizes = sizes,
                .scales = {static_cast<double>(sizes[0]) / 4, static_cast<double>(sizes[1]) / 5}};
            tests::net n;
            const auto x = n.input({2, 4, 5, 3});
            CHECK(tests::error_of(std::move(n).finish({n.add_node(layer, {x})})) < 1e-9);
        }
}
