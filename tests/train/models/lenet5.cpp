// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/train/models/lenet5.hpp>

#include "support/model_check.hpp"

using namespace pith;

TEST_CASE("LeNet-5: 431,080 parameters; images that its windows do not fit are refused") {
    tests::check_model(train::lenet5{}, 431080);
    CHECK(!train::lenet5{.input = {1, 4, 4, 1}}.build<float>(1));
}
