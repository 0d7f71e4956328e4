// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <span>

#include <doctest/doctest.h>

#include <pith/graph/layer/binary.hpp>

#include "support/layers.hpp"

using namespace pith;
using namespace pith::tests;

TEST_CASE("binary functions by hand") {
    const tensor<float> a({4}, {1, -2, 3, 8});
    const tensor<float> b({4}, {2, 2, -1, 0.5f});
    const auto run_op = [&](binary_op op) { return run_one<float>(binary{op}, {a, b}); };
    CHECK(run_op(binary_op::add) == tensor<float>({4}, {3, 0, 2, 8.5f}));
    CHECK(run_op(binary_op::sub) == tensor<float>({4}, {-1, -4, 4, 7.5f}));
    CHECK(run_op(binary_op::mul) == tensor<float>({4}, {2, -4, -3, 4}));
    CHECK(run_op(binary_op::div) == tensor<float>({4}, {0.5f, -1, -3, 16}));
    CHECK(run_op(binary_op::min) == tensor<float>({4}, {1, -2, -1, 0.5f}));
    CHECK(run_op(binary_op::max) == tensor<float>({4}, {2, 2, 3, 8}));
    CHECK(run_op(binary_op::prelu) == tensor<float>({4}, {1, -4, 3, 8}));
    CHECK(run_op(binary_op::pow)[1] == 4);
    CHECK(run_op(binary_op::pow)[3] == doctest::Approx(std::sqrt(8.0)));
}

TEST_CASE("comparisons give booleans, and NaN compares with nothing") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const tensor<float> a({4}, {1, 2, nan, 3});
    const tensor<float> b({4}, {2, 2, nan, 1});
    CHECK(run_whole(binary{binary_op::equal}, {a, b}) == integers({4}, {0, 1, 0, 0}));
    CHECK(run_whole(binary{binary_op::less}, {a, b}) == integers({4}, {1, 0, 0, 0}));
    CHECK(run_whole(binary{binary_op::less_equal}, {a, b}) == integers({4}, {1, 1, 0, 0}));
    CHECK(run_whole(binary{binary_op::less}, {integers({2}, {-1, 5}), integers({}, 5)}) ==
          integers({2}, {1, 0}));
    const value_info reals{{2}, format::dtype::f32, true};
    const value_info both[] = {reals, reals};
    CHECK((*infer_layer(binary{binary_op::equal}, std::span<const value_info>(both)))[0].type ==
          format::dtype::boolean);
    CHECK_FALSE(refusal(binary{binary_op::keep}, {{2}, {2}}).empty());
}

TEST_CASE("keep takes what a boolean holds for, and nothing of the rest") {
    const tensor<float> a({2, 2}, {std::numeric_limits<float>::quiet_NaN(), 2, 3, 4});
    const integers holds({2}, {0, 1});
    const value_info in[] = {{{2, 2}, format::dtype::f32, true}, {{2}, format::dtype::boolean, true}};
    REQUIRE(infer_layer(binary{binary_op::keep}, std::span<const value_info>(in)).has_value());
    const tensor_input<float> inputs[] = {a, holds};
    const auto y = layer_traits<binary>::forward(binary{binary_op::keep}, tensor_inputs<float>(inputs));
    CHECK(std::get<tensor<float>>((*y)[0]) == tensor<float>({2, 2}, {0, 2, 0, 4}));
}

TEST_CASE("binary functions broadcast both ways") {
    const auto a = counted<double>({2, 1, 3});
    const tensor<double> b({4, 1}, {0, 10, 20, 30});
    const auto y = run_one<double>(binary{binary_op::add}, {a, b});
    REQUIRE(y.dims() == shape{2, 4, 3});
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 4; ++j)
            for (std::size_t k = 0; k < 3; ++k)
                CHECK(y(i, j, k) == static_cast<double>(i * 3 + k + 10 * j));
    const tensor<double> scalar(shape{}, 5.0);
    CHECK(run_one<double>(binary{binary_op::mul}, {scalar, scalar}) == tensor<double>(shape{}, 25.0));
    CHECK(run_one<double>(binary{binary_op::sub}, {scalar, b}) == tensor<double>({4, 1}, {5, -5, -15, -25}));
    CHECK(run_one<double>(binary{binary_op::add}, {tensor<double>({0, 3}), scalar}).empty());
}

TEST_CASE("binary functions of whole numbers wrap, truncate and refuse a zero divisor") {
    const integers a({4}, {7, -7, 2, std::numeric_limits<std::int64_t>::min()});
    const integers b({4}, {2, 2, 10, -1});
    CHECK(run_whole(binary{binary_op::div}, {a, b}) == integers({4}, {3, -3, 0, a[3]}));
    CHECK(run_whole(binary{binary_op::add}, {a, b})[3] == std::numeric_limits<std::int64_t>::max());
    CHECK(run_whole(binary{binary_op::pow}, {integers({3}, {2, -3, 5}), integers({3}, {10, 3, -1})}) ==
          integers({3}, {1024, -27, 0}));
    CHECK(run_whole(binary{binary_op::max}, {a, integers({1}, 0)}) == integers({4}, {7, 0, 2, 0}));
    const any_tensor<float> x = a;
    const any_tensor<float> zero = integers({1}, 0);
    const std::vector<tensor_input<float>> in{x, zero};
    CHECK_FALSE(layer_traits<binary>::forward(binary{binary_op::div}, tensor_inputs<float>(in)).has_value());
}

TEST_CASE("a power keeps the type of its base") {
    const tensor<float> base({2}, {1.5f, 2});
    CHECK(run_one<float>(binary{binary_op::pow}, {base, integers({1}, 2)}) == tensor<float>({2}, {2.25f, 4}));
    CHECK(run_whole(binary{binary_op::pow}, {integers({2}, {3, 4}), tensor<float>({1}, 0.5f)}) ==
          integers({2}, {1, 2}));
}

TEST_CASE("minimum and maximum of NaN are NaN, as in ONNX") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const tensor<float> a({2}, {nan, 1});
    const tensor<float> b({2}, {1, nan});
    for (const auto op : {binary_op::min, binary_op::max}) {
        const auto y = run_one<float>(binary{op}, {a, b});
        CHECK(std::isnan(y[0]));
        CHECK(std::isnan(y[1]));
    }
}

TEST_CASE("binary refuses what does not broadcast") {
    CHECK_FALSE(refusal(binary{}, {{2, 3}, {2, 4}}).empty());
    CHECK_FALSE(refusal(binary{binary_op::prelu}, {{3}, {2, 3}}).empty());
    CHECK(refusal(binary{binary_op::prelu}, {{2, 3}, {3}}).empty());
}
