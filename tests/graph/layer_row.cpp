// SPDX-License-Identifier: MIT
#include "pith/graph/layer_row.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

#include "pith/graph/layer/dense.hpp"

using namespace pith;

namespace {

using small_list = layers<conv2d, dense>;

/// 1, 2, 3 ...
tensor<float> counted(const shape& dims) {
    tensor<float> t(dims);
    for (std::size_t i = 0; i < t.size(); ++i)
        t[i] = static_cast<float>(i + 1);
    return t;
}

} // namespace

TEST_CASE("layer row: a window at the corner reads zeros beside the image") {
    const small_list::any layer = conv2d{.pads = {1, 1, 0, 0}};
    const tensor<float> w({1, 2, 2, 2});
    const auto x = counted({2, 2, 2, 2}); // positions: 2 x 2 of two images
    std::vector<double> row(8);
    copy_row(layer, w, x, 0, row.data(), 8);
    CHECK(row == std::vector<double>{0, 0, 0, 0, 0, 0, 1, 2});
    copy_row(layer, w, x, 7, row.data(), 8); // the last of the second image
    CHECK(row == std::vector<double>{9, 10, 11, 12, 13, 14, 15, 16});
}

TEST_CASE("layer row: every group reads its own channels") {
    const small_list::any layer = conv2d{.strides = {1, 2}, .groups = 2};
    const tensor<float> w({4, 1, 2, 1});
    const auto x = counted({1, 1, 4, 2});
    std::vector<float> rows(2 * 5, -1.f);
    copy_row(layer, w, x, 1, rows.data(), 5);
    CHECK(rows == std::vector<float>{5, 7, -1, -1, -1, 6, 8, -1, -1, -1});
}

TEST_CASE("layer row: a dense layer reads a row") {
    const small_list::any layer = dense{};
    const tensor<float> w({4, 3});
    std::vector<float> row(3);
    copy_row(layer, w, counted({2, 3}), 1, row.data(), 3);
    CHECK(row == std::vector<float>{4, 5, 6});
}
