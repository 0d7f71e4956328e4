// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>

#include <pith/arch/detect.hpp>
#include <pith/kernel/reduce.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

double reduced(format::reduce_op op, const float* x, std::size_t size, std::size_t inner) {
    using enum format::reduce_op;
    double total = 0, product = 1, absolute = 0, squares = 0, exponentials = 0;
    double most = -std::numeric_limits<double>::infinity(), least = -most;
    for (std::size_t i = 0; i < size; ++i) {
        const auto v = static_cast<double>(x[i * inner]);
        total += v;
        product *= v;
        absolute += std::fabs(v);
        squares += v * v;
        exponentials += std::exp(v);
        most = std::fmax(most, v);
        least = std::fmin(least, v);
    }
    switch (op) {
    case mean:
        return total / static_cast<double>(size);
    case sum:
        return total;
    case max:
        return most;
    case min:
        return least;
    case prod:
        return product;
    case l1:
        return absolute;
    case l2:
        return std::sqrt(squares);
    case sum_square:
        return squares;
    case log_sum:
        return std::log(total);
    case log_sum_exp:
        return std::log(exponentials);
    default:
        break;
    }
    // The place of an extreme element: by its value, from the front or from the back.
    const bool most_wanted = op == arg_max || op == arg_max_last;
    const bool last = op == arg_max_last || op == arg_min_last;
    std::size_t place = size;
    for (std::size_t i = 0; i < size; ++i)
        if (static_cast<double>(x[i * inner]) == (most_wanted ? most : least) && (last || place == size))
            place = i;
    return static_cast<double>(place);
}

} // namespace

TEST_CASE("reduce: every operation, every kind of axis") {
    noise random;
    for (int op = 0; op <= static_cast<int>(format::reduce_op::arg_min_last); ++op)
        for (const std::size_t outer : {1u, 3u})
            for (const std::size_t size : {1u, 2u, 7u, 8u, 19u, 100u})
                for (const std::size_t inner : {1u, 5u, 16u}) {
                    const auto which = static_cast<format::reduce_op>(op);
                    operand<float> x(outer * size * inner, random);
                    if (which == format::reduce_op::log_sum)
                        for (std::size_t i = 0; i < outer * size * inner; ++i)
                            x.data()[i] = std::fabs(x.data()[i]) + 0.01F;
                    if (format::gives_place(which)) // many that are equal
                        for (std::size_t i = 0; i < outer * size * inner; ++i)
                            x.data()[i] = std::round(2 * x.data()[i]);
                    kernel::for_each_supported(kernel::reduce_f32_list, arch::detect(), [&](const auto& k) {
                        guarded<float> out(outer * inner);
                        k.run({.op = which,
                               .input = x.data(),
                               .output = out.data(),
                               .outer = outer,
                               .size = size,
                               .inner = inner});
                        bool right = out.margins_intact();
                        for (std::size_t o = 0; o < outer; ++o)
                            for (std::size_t i = 0; i < inner; ++i) {
                                const double want =
                                    reduced(which, x.data() + o * size * inner + i, size, inner);
                                right = right && std::fabs(static_cast<double>(out[o * inner + i]) - want) <=
                                                     1e-5 * (1 + std::fabs(want));
                            }
                        CHECK_MESSAGE(right,
                                      k.name << " op " << op << " size " << size << " inner " << inner);
                    });
                }
}

TEST_CASE("reduce: large exponents do not overflow, NaN goes through, nothing gives the neutral element") {
    const float large[] = {1000.F, 1000.F}, infinite[] = {-INFINITY, -INFINITY}, bad[] = {1.F, NAN, 2.F};
    const auto one = [](format::reduce_op op, const float* x, std::size_t size) {
        float y = 0.F;
        kernel::portable::reduce_f32(
            {.op = op, .input = x, .output = &y, .outer = 1, .size = size, .inner = 1});
        return y;
    };
    CHECK(one(format::reduce_op::log_sum_exp, large, 2) == doctest::Approx(1000.6931F));
    CHECK(one(format::reduce_op::log_sum_exp, infinite, 2) == -INFINITY);
    CHECK(std::isnan(one(format::reduce_op::max, bad, 3)));
    CHECK(std::isnan(one(format::reduce_op::min, bad, 3)));
    CHECK(one(format::reduce_op::sum, bad, 0) == 0.F);
    CHECK(one(format::reduce_op::prod, bad, 0) == 1.F);
    CHECK(one(format::reduce_op::max, bad, 0) == -INFINITY);
    const float two[] = {3.F, NAN, 1.F, NAN, 5.F};
    CHECK(one(format::reduce_op::arg_max, two, 5) == 1.F);
    CHECK(one(format::reduce_op::arg_min, two, 5) == 1.F);
    CHECK(one(format::reduce_op::arg_max_last, two, 5) == 3.F);
    CHECK(one(format::reduce_op::arg_min_last, two, 5) == 3.F);
}
