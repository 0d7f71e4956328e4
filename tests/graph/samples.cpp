// SPDX-License-Identifier: MIT
#include "pith/graph/samples.hpp"

#include <doctest/doctest.h>

using namespace pith;

TEST_CASE("samples: those of a list, and then no more") {
    const auto samples = samples_from({{tensor<float>({1}, {2.f})}, {tensor<float>({1}, {3.f})}});
    REQUIRE(samples(1));
    CHECK(std::get<0>((*samples(1))[0])[0] == 3.f);
    CHECK(!samples(2));
}

TEST_CASE("samples: in the scalar of a network, whole numbers as they are") {
    const auto in =
        pith::detail::to_scalar<double>({tensor<float>({2}, {0.5f, 1.f}), tensor<std::int64_t>({1}, {7})});
    REQUIRE(in.size() == 2);
    CHECK(std::get<0>(in[0]) == tensor<double>({2}, {0.5, 1.}));
    CHECK(std::get<1>(in[1])[0] == 7);
}
