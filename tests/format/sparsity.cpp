// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/format/sparsity.hpp>

#include <type_traits>

using namespace pith;
using format::sparsity;

static_assert(std::is_trivially_copyable_v<sparsity>);

TEST_CASE("sparsity: which values mean something") {
    CHECK(sparsity{}.is_valid());
    CHECK(sparsity{}.is_dense());
    CHECK(sparsity::free().is_valid());
    CHECK(sparsity::n_of_m(2, 4).is_valid());
    CHECK_FALSE(sparsity::n_of_m(4, 4).is_valid());
    CHECK_FALSE(sparsity::n_of_m(0, 4).is_valid());
    CHECK(sparsity::block(1, 4).is_valid());
    CHECK_FALSE(sparsity::block(1, 1).is_valid());
    CHECK_FALSE(sparsity::block(0, 4).is_valid());
    CHECK_FALSE(sparsity{format::sparsity_pattern::free, 2, 1}.is_valid());
    CHECK_FALSE(sparsity{static_cast<format::sparsity_pattern>(9)}.is_valid());
}
