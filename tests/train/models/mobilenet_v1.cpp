// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/train/models/mobilenet_v1.hpp>

#include "support/model_check.hpp"

using namespace pith;

TEST_CASE("MobileNet: 213,586 parameters at a quarter of its width") {
    tests::check_model(train::mobilenet_v1{}, 213586);
}
