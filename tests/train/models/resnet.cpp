// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/train/models/resnet.hpp>

#include "support/model_check.hpp"

using namespace pith;

TEST_CASE("residual networks: as many parameters as their papers say; other depths are refused") {
    tests::check_model(train::resnet{.depth = 20}, 269722 + 2752); // He's, and two projections
    tests::check_model(train::resnet{.depth = 8}, 78042);
    CHECK(!train::resnet{.depth = 21}.build<float>(1));
    CHECK(!train::resnet{.depth = 2}.build<float>(1));
}
