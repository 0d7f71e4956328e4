// SPDX-License-Identifier: MIT
#include <span>

#include <doctest/doctest.h>

#include <pith/graph/layer/gather.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("gather picks slices, negative indices from the end") {
    const auto x = counted<float>({3, 2});
    const auto rows = run<float>(gather{0}, {x, integers({2, 2}, {0, -1, 1, 1})});
    CHECK(std::get<0>(rows[0]) == tensor<float>({2, 2, 2}, {0, 1, 4, 5, 2, 3, 2, 3}));
    const auto column = run<float>(gather{1}, {x, integers(shape{}, 1)});
    CHECK(std::get<0>(column[0]) == tensor<float>({3}, {1, 3, 5}));
    CHECK(run_whole(gather{0}, {integers({3}, {7, 8, 9}), integers({1}, 2)}) == integers({1}, 9));
}

TEST_CASE("gather refuses indices out of range, and what are no indices") {
    const any_tensor<float> x = counted<float>({3});
    for (const std::int64_t i : {3, -4}) {
        const any_tensor<float> index = integers({1}, i);
        const std::vector<tensor_input<float>> in{x, index};
        CHECK_FALSE(layer_traits<gather>::forward(gather{0}, tensor_inputs<float>(in)).has_value());
    }
    CHECK_FALSE(refusal(gather{0}, {{3}, {1}}).empty());
    const value_infos in{{{3}}, {{1}, format::dtype::i64, true}};
    CHECK_FALSE(infer_layer(gather{1}, std::span<const value_info>(in)).has_value());
}
