// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <pith/format/stored_elements.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

using namespace pith;
using format::sparsity;

namespace {

bool obeys(const sparsity& s, const std::vector<float>& x, std::size_t columns) {
    return format::obeys(s, std::span<const float>(x), columns);
}
std::size_t stored(const sparsity& s, const std::vector<float>& x, std::size_t columns) {
    return format::stored_elements(s, std::span<const float>(x), columns);
}

} // namespace

TEST_CASE("sparsity: n of m elements in a row, counted from the start of each row") {
    const auto two_of_four = sparsity::n_of_m(2, 4);
    CHECK(obeys(two_of_four, {1, 0, 0, 2, 0, 3, 4, 0}, 8));
    CHECK_FALSE(obeys(two_of_four, {1, 1, 0, 2, 0, 3, 4, 0}, 8));
    CHECK(obeys(two_of_four, {0, 0, 1, 2, 1, 2, 0, 0}, 8)); // four neighbours, two groups
    // Rows of six: the second group of each has two elements.
    CHECK(obeys(two_of_four, {0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1}, 6));
    CHECK_FALSE(obeys(two_of_four, {0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1}, 6));
    CHECK(stored(two_of_four, {0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1}, 6) == 8);
    CHECK(stored(two_of_four, {0, 0, 0, 0}, 4) == 2);
    CHECK(stored(sparsity::n_of_m(2, 4), {1, 0, 0, 0, 1}, 5) == 3);
    CHECK(format::obeys(sparsity::n_of_m(1, 2), std::span<const std::int8_t>(), 2)); // no elements
}

TEST_CASE("sparsity: other patterns store what is there") {
    const std::vector<float> x{1, 0, 0, //
                               0, 0, 0, //
                               0, 0, 5};
    for (const auto& s : {sparsity{}, sparsity::free(), sparsity::block(2, 2)})
        CHECK(obeys(s, x, 3));
    CHECK(stored({}, x, 3) == 9);
    CHECK(stored(sparsity::free(), x, 3) == 2);
    CHECK(stored(sparsity::block(2, 2), x, 3) == 5); // a whole block and the corner of another
    CHECK(stored(sparsity::block(1, 3), x, 3) == 6);
    CHECK(stored(sparsity::block(3, 1), x, 3) == 6);
}
