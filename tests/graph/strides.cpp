// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/graph/strides.hpp>

using namespace pith;

TEST_CASE("broadcasting of shapes") {
    CHECK(*broadcast({2, 1, 3}, {4, 1}) == shape{2, 4, 3});
    CHECK(*broadcast({}, {5}) == shape{5});
    CHECK(*broadcast({1}, {0}) == shape{0});
    CHECK_FALSE(broadcast({2}, {3}).has_value());
    CHECK_FALSE(broadcast({2}, {0}).has_value());
}

TEST_CASE("strides of dense and of repeated tensors") {
    const strides dense = dense_strides({2, 3, 4});
    CHECK((dense[0] == 12 && dense[1] == 4 && dense[2] == 1));
    const strides repeated = broadcast_strides({3, 1}, {2, 3, 4});
    CHECK((repeated[0] == 0 && repeated[1] == 1 && repeated[2] == 0));
}

TEST_CASE("a strided copy walks any way through memory") {
    const int in[] = {0, 1, 2, 3, 4, 5};
    int out[6] = {};
    copy_strided(in, strides{1, 3}, {3, 2}, out); // transposed
    CHECK((out[0] == 0 && out[1] == 3 && out[2] == 1 && out[5] == 5));
    copy_strided(in + 5, strides{-1}, {6}, out); // backwards
    CHECK((out[0] == 5 && out[5] == 0));
    copy_strided(in + 2, strides{}, {}, out); // a scalar
    CHECK(out[0] == 2);
    copy_strided(in, strides{1, 1}, {0, 6}, out); // nothing
    CHECK(out[0] == 2);
}
