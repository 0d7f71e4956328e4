// SPDX-License-Identifier: MIT
#include <limits>

#include <doctest/doctest.h>

#include <pith/graph/layer/cast.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;
using format::dtype;

TEST_CASE("cast truncates, wraps and asks whether") {
    const float inf = std::numeric_limits<float>::infinity();
    const tensor<float> x({5}, {-1.9f, 0.f, 0.5f, 300.7f, inf});
    CHECK(run_whole(cast{dtype::i64}, {x}) ==
          integers({5}, {-1, 0, 0, 300, std::numeric_limits<std::int64_t>::max()}));
    CHECK(run_whole(cast{dtype::boolean}, {x}) == integers({5}, {1, 0, 1, 1, 1}));
    const integers w({3}, {-1, 300, 70000});
    CHECK(run_whole(cast{dtype::u8}, {w}) == integers({3}, {255, 44, 112}));
    CHECK(run_whole(cast{dtype::i8}, {w}) == integers({3}, {-1, 44, 112}));
    CHECK(run_whole(cast{dtype::i32}, {w}) == w);
    CHECK(run_one<float>(cast{dtype::f32}, {w}) == tensor<float>({3}, {-1, 300, 70000}));
    CHECK(run_one<float>(cast{dtype::f64}, {x}) == x);
    const auto nan =
        run_whole(cast{dtype::i64}, {tensor<float>({1}, std::numeric_limits<float>::quiet_NaN())});
    CHECK(nan[0] == 0);
}
