// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/train/models/mlp.hpp>

#include "support/model_check.hpp"

using namespace pith;

TEST_CASE("mlp: 300 and 100 hidden units, or any others") {
    tests::check_model(train::mlp{}, 266610);
    tests::check_model(train::mlp{.input = {1, 4}, .hidden = {}, .classes = 3}, 4 * 3 + 3);
}
