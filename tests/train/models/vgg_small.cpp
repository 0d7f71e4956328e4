// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/train/models/vgg_small.hpp>

#include "support/model_check.hpp"

using namespace pith;

TEST_CASE("VGG small: 4,660,106 parameters") {
    tests::check_model(train::vgg_small{}, 4660106);
}
