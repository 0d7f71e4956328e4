// SPDX-License-Identifier: MIT
#include <span>

#include <doctest/doctest.h>

#include <pith/graph/layer/opaque.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("an opaque layer has the shapes it was given, and is never computed") {
    const opaque known{.domain = "", .op_type = "Einsum", .dims = {{2, 3}, {4}}, .attributes = {}};
    const value_infos in{{{1}}};
    const auto out = infer_layer(known, std::span<const value_info>(in));
    REQUIRE(out.has_value());
    CHECK((*out)[0].dims == shape{2, 3});
    CHECK((*out)[1].dims == shape{4});
    CHECK(kind_of(known) == "Einsum");
    CHECK_FALSE(refusal(opaque{}, {{1}}).empty());
    CHECK_FALSE(layer_traits<opaque>::forward(known, tensor_inputs<float>{}).has_value());
}
