// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/train/models/ds_cnn.hpp>

#include "support/model_check.hpp"

using namespace pith;

TEST_CASE("DS-CNN: 23,180 parameters") {
    tests::check_model(train::ds_cnn{}, 23180);
}
