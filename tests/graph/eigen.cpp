// SPDX-License-Identifier: MIT
#include "pith/eigen.hpp"

#include <doctest/doctest.h>

#include "pith/graph/layer/dense.hpp"

TEST_CASE("eigen: a tensor's rows are a matrix's rows, and writing goes through") {
    pith::tensor<float> t({2, 1, 3}, {1, 2, 3, 4, 5, 6});
    auto m = pith::as_matrix(t);
    CHECK(m.rows() == 2);
    CHECK(m.cols() == 3);
    CHECK(m(1, 0) == 4);
    m(0, 2) = 30;
    CHECK(t[2] == 30);
    const auto& fixed = t;
    CHECK(pith::as_matrix(fixed).sum() == 48);
    CHECK(pith::as_matrix(pith::tensor<double>({3, 0})).size() == 0);
    CHECK(pith::as_matrix(pith::tensor<double>({}, {2.5}))(0, 0) == 2.5);
}

TEST_CASE("eigen: a dense layer is a matrix product") {
    const pith::tensor<double> x({2, 3}, {1, 2, 3, 4, 5, 6});
    const pith::tensor<double> w({2, 3}, {1, 0, -1, 2, 1, 0});
    const auto y = pith::layer_traits<pith::dense>::multiply<double>({}, x, w, nullptr);
    CHECK(y == pith::to_tensor(pith::as_matrix(x) * pith::as_matrix(w).transpose()));
}
