// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <pith/graph/layer/reduce.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("reductions by hand") {
    const tensor<double> x({2, 3}, {1, -2, 3, 4, 5, -6});
    const auto rows = [&](reduce_op op) {
        return run_one<double>(reduce{.op = op, .axes = {1}, .keep_dims = false}, {x});
    };
    CHECK(rows(reduce_op::sum) == tensor<double>({2}, {2, 3}));
    CHECK(rows(reduce_op::mean) == tensor<double>({2}, {2.0 / 3, 1}));
    CHECK(rows(reduce_op::max) == tensor<double>({2}, {3, 5}));
    CHECK(rows(reduce_op::min) == tensor<double>({2}, {-2, -6}));
    CHECK(rows(reduce_op::prod) == tensor<double>({2}, {-6, -120}));
    CHECK(rows(reduce_op::l1) == tensor<double>({2}, {6, 15}));
    CHECK(rows(reduce_op::sum_square) == tensor<double>({2}, {14, 77}));
    CHECK(rows(reduce_op::l2)[1] == doctest::Approx(std::sqrt(77.0)));
    CHECK(rows(reduce_op::log_sum)[1] == doctest::Approx(std::log(3.0)));
    CHECK(rows(reduce_op::log_sum_exp)[0] ==
          doctest::Approx(std::log(std::exp(1) + std::exp(-2) + std::exp(3))));
}

TEST_CASE("reductions over several axes, all axes, and none of the elements") {
    const auto x = counted<float>({2, 3, 4});
    const auto outer = run_one<float>(reduce{.op = reduce_op::sum, .axes = {0, 2}, .keep_dims = true}, {x});
    CHECK(outer == tensor<float>({1, 3, 1}, {60, 92, 124}));
    const auto all = run_one<float>(reduce{.op = reduce_op::mean, .axes = {}, .keep_dims = false}, {x});
    CHECK(all == tensor<float>(shape{}, 11.5f));
    const auto none =
        run_one<float>(reduce{.op = reduce_op::max, .axes = {0}, .keep_dims = true}, {tensor<float>({0, 2})});
    CHECK(none == tensor<float>({1, 2}, -std::numeric_limits<float>::infinity()));
}

TEST_CASE("log_sum_exp does not overflow") {
    const tensor<float> x({1, 2}, {1000, 1000});
    const auto y = run_one<float>(reduce{.op = reduce_op::log_sum_exp, .axes = {1}}, {x});
    CHECK(y[0] == doctest::Approx(1000 + std::log(2.0)));
}

TEST_CASE("reductions of whole numbers") {
    const integers x({2, 2}, {5, -1, 7, 2});
    CHECK(run_whole(reduce{.op = reduce_op::max, .axes = {0}}, {x}) == integers({1, 2}, {7, 2}));
    CHECK(run_whole(reduce{.op = reduce_op::prod, .axes = {}, .keep_dims = false}, {x}) ==
          integers(shape{}, -70));
    CHECK_FALSE(refusal(reduce{.op = reduce_op::l2, .axes = {0}}, {{2}}, format::dtype::i64).empty());
}

TEST_CASE("places of extreme elements: the first of equal ones, or the last") {
    const tensor<float> x({2, 4}, {1, 7, 7, -2, 5, 5, -9, -9});
    const auto places = [&](reduce_op op, std::uint8_t axis) {
        return run_whole(reduce{.op = op, .axes = {axis}, .keep_dims = false}, {x});
    };
    CHECK(places(reduce_op::arg_max, 1) == integers({2}, {1, 0}));
    CHECK(places(reduce_op::arg_max_last, 1) == integers({2}, {2, 1}));
    CHECK(places(reduce_op::arg_min, 1) == integers({2}, {3, 2}));
    CHECK(places(reduce_op::arg_min_last, 1) == integers({2}, {3, 3}));
    CHECK(places(reduce_op::arg_max, 0) == integers({4}, {1, 0, 0, 0}));
    CHECK(run_whole(reduce{.op = reduce_op::arg_min, .axes = {1}}, {integers({1, 3}, {4, -8, 0})}) ==
          integers({1, 1}, 1));
    const tensor<float> bad({1, 3}, {1, std::numeric_limits<float>::quiet_NaN(), 2});
    CHECK(run_whole(reduce{.op = reduce_op::arg_max, .axes = {1}}, {bad})[0] == 1);
}

TEST_CASE("the place of an extreme element needs one axis that is not empty") {
    CHECK_FALSE(refusal(reduce{.op = reduce_op::arg_max, .axes = {0, 1}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reduce{.op = reduce_op::arg_max, .axes = {}}, {{2, 3}}).empty());
    CHECK_FALSE(refusal(reduce{.op = reduce_op::arg_max, .axes = {0}}, {{0, 3}}).empty());
}

TEST_CASE("reduce refuses an axis beyond the rank") {
    CHECK_FALSE(refusal(reduce{.op = reduce_op::sum, .axes = {2}}, {{2, 3}}).empty());
}
