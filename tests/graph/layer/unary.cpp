// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include <pith/graph/layer/unary.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

namespace {

double at(unary layer, double x) {
    return run_one<double>(layer, {tensor<double>({1}, x)})[0];
}

} // namespace

TEST_CASE("unary functions against their definitions") {
    using op = unary_op;
    const double e = std::exp(1.0);
    for (const double x : {-7.5, -3.0, -1.0, -0.25, 0.0, 0.25, 0.5, 1.0, 2.5, 9.0}) {
        const double sigmoid = 1 / (1 + std::exp(-x));
        const double plus = std::log(1 + std::exp(x));
        const auto near = [](double v) { return doctest::Approx(v).epsilon(1e-12); };
        CHECK(at({op::identity}, x) == x);
        CHECK(at({op::relu}, x) == (x > 0 ? x : 0));
        CHECK(at({op::clip, -1, 6}, x) == std::fmin(std::fmax(x, -1), 6));
        CHECK(at({op::leaky_relu, 0.1}, x) == (x < 0 ? 0.1 * x : x));
        CHECK(at({op::sigmoid}, x) == near(sigmoid));
        CHECK(at({op::tanh}, x) == near(std::tanh(x)));
        CHECK(at({op::hard_sigmoid, 0.2, 0.5}, x) == near(std::fmin(std::fmax(0.2 * x + 0.5, 0), 1)));
        CHECK(at({op::hard_swish}, x) == near(x * std::fmin(std::fmax(x / 6 + 0.5, 0), 1)));
        CHECK(at({op::silu, 1.5}, x) == near(x / (1 + std::exp(-1.5 * x))));
        CHECK(at({op::elu, 0.7}, x) == near(x < 0 ? 0.7 * (std::exp(x) - 1) : x));
        CHECK(at({op::selu, 1.6, 1.05}, x) == near(1.05 * (x < 0 ? 1.6 * (std::exp(x) - 1) : x)));
        CHECK(at({op::gelu, 0}, x) == near(x * 0.5 * std::erfc(-x / std::sqrt(2.0))));
        CHECK(at({op::gelu, 1}, x) ==
              near(0.5 * x * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (x + 0.044715 * x * x * x)))));
        CHECK(at({op::softplus}, x) == near(plus));
        CHECK(at({op::softsign}, x) == near(x / (1 + std::fabs(x))));
        CHECK(at({op::mish}, x) == near(x * std::tanh(plus)));
        CHECK(at({op::thresholded_relu, 0.5}, x) == (x > 0.5 ? x : 0));
        CHECK(at({op::exp}, x) == near(std::pow(e, x)));
        CHECK(at({op::abs}, x) == std::fabs(x));
        CHECK(at({op::neg}, x) == -x);
        CHECK(at({op::sign}, x) == (x > 0) - (x < 0));
        CHECK(at({op::floor}, x) == std::floor(x));
        CHECK(at({op::ceil}, x) == std::ceil(x));
        CHECK(at({op::erf}, x) == near(std::erf(x)));
        CHECK(at({op::sin}, x) == near(std::sin(x)));
        CHECK(at({op::cos}, x) == near(std::cos(x)));
        if (x > 0) {
            CHECK(at({op::log}, x) == near(std::log(x)));
            CHECK(at({op::sqrt}, x) == near(std::sqrt(x)));
            CHECK(at({op::reciprocal}, x) == near(1 / x));
        }
    }
    CHECK(at({op::round}, 0.5) == 0);
    CHECK(at({op::round}, 1.5) == 2);
    CHECK(at({op::round}, -2.5) == -2);
}

TEST_CASE("unary functions of extreme arguments stay finite where they should, and let NaN through") {
    using op = unary_op;
    CHECK(at({op::sigmoid}, -1000) == 0);
    CHECK(at({op::sigmoid}, 1000) == 1);
    CHECK(at({op::softplus}, 1000) == 1000);
    CHECK(at({op::softplus}, -1000) == 0);
    CHECK(at({op::mish}, 1000) == 1000);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const auto f : {op::relu, op::leaky_relu, op::sigmoid, op::tanh, op::abs})
        CHECK(std::isnan(at({f, 0.1}, nan)));
    CHECK(std::isnan(at({op::clip, -1, 1}, nan)));
}

TEST_CASE("unary functions of whole numbers") {
    const integers x({4}, {-7, 0, 3, 900});
    CHECK(run_whole(unary{unary_op::relu}, {x}) == integers({4}, {0, 0, 3, 900}));
    CHECK(run_whole(unary{unary_op::clip, -2, 5}, {x}) == integers({4}, {-2, 0, 3, 5}));
    CHECK(run_whole(unary{unary_op::abs}, {x}) == integers({4}, {7, 0, 3, 900}));
    CHECK(run_whole(unary{unary_op::neg}, {x}) == integers({4}, {7, 0, -3, -900}));
    CHECK(run_whole(unary{unary_op::sign}, {x}) == integers({4}, {-1, 0, 1, 1}));
    const double wide = std::numeric_limits<double>::infinity();
    CHECK(run_whole(unary{unary_op::clip, -wide, wide}, {x}) == x);
    CHECK_FALSE(refusal(unary{unary_op::exp}, {{2}}, format::dtype::i64).empty());
}

TEST_CASE("unary kinds are named in the order of the operators") {
    CHECK(kind_of(unary{unary_op::identity}) == "identity");
    CHECK(kind_of(unary{unary_op::hard_swish}) == "hard_swish");
    CHECK(kind_of(unary{unary_op::thresholded_relu}) == "thresholded_relu");
    CHECK(kind_of(unary{unary_op::cos}) == "cos");
}
