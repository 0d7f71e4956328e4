// SPDX-License-Identifier: MIT
#include <numeric>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include <pith/graph/file_order.hpp>

namespace {

using namespace pith;

tensor<float> counted(const shape& dims) {
    tensor<float> t(dims);
    std::iota(t.data().begin(), t.data().end(), 0.F);
    return t;
}

TEST_CASE("file order: an NCHW image that is channels last here") {
    const file_layout nchw{{0, 2, 3, 1}};
    const shape stored{2, 3, 4, 5}; // n, h, w, c
    REQUIRE(file_dims(nchw, stored) == shape{2, 5, 3, 4});
    const auto x = counted(stored);
    const auto y = to_file(x, nchw);
    for (std::size_t n = 0; n < 2; ++n)
        for (std::size_t h = 0; h < 3; ++h)
            for (std::size_t w = 0; w < 4; ++w)
                for (std::size_t c = 0; c < 5; ++c)
                    REQUIRE(y(n, c, h, w) == x(n, h, w, c));
    CHECK(from_file(y, nchw, stored) == x);
}

TEST_CASE("file order: an axis that the file does not have") {
    const file_layout signal{{0, -1, 2, 1}}; // [n, c, w] as [n, 1, w, c]
    const shape stored{1, 1, 3, 2};
    REQUIRE(file_dims(signal, stored) == shape{1, 2, 3});
    const auto y = to_file(counted(stored), signal);
    CHECK(std::vector<float>(y.data().begin(), y.data().end()) == std::vector<float>{0, 2, 4, 1, 3, 5});
    CHECK(from_file(y, signal, stored) == counted(stored));
}

TEST_CASE("file order: a flattened image whose elements stay channels last") {
    const file_layout flat{{0, 2, 3, 1}, {2, 2, 3}}; // of [c, h, w] = [2, 2, 3]
    const shape stored{1, 12};
    REQUIRE(file_dims(flat, stored) == shape{1, 12});
    const auto y = to_file(counted(stored), flat);
    CHECK(std::vector<float>(y.data().begin(), y.data().end()) ==
          std::vector<float>{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11});
    CHECK(from_file(y, flat, stored) == counted(stored));
}

TEST_CASE("file order: a scalar, and an empty value") {
    CHECK(file_dims({}, shape{}) == shape{});
    CHECK(to_file(counted(shape{}), {}).size() == 1);
    CHECK(to_file(tensor<float>(shape{1, 0, 2, 3}), {{0, 2, 3, 1}}).dims() == shape{1, 3, 0, 2});
}

TEST_CASE("file order: layouts of other values are noticed") {
    CHECK(!file_dims({{0, 2, 3, 1}}, shape{1, 12}));
    CHECK(!file_dims({{0, 1}}, shape{4}));
    CHECK(!file_dims({{0, 0}}, shape{2, 3}));
    CHECK(!file_dims({{0, 5}}, shape{2, 3}));
    CHECK(!file_dims({{0, 2, 3, 1}, {2, 2, 3}}, shape{1, 11}));
    CHECK(!file_dims({{0, 2, 7, 1}, {2, 2, 3}}, shape{1, 12}));
}

} // namespace
