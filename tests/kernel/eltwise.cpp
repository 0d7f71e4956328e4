// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/eltwise.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

constexpr std::size_t counts[] = {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 257};
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

/// Runs every kernel of `list` on rows of outputs of type T and compares bytes with the portable kernel's.
template <class T, class Args, std::size_t N>
void same_as_portable(const kernel::entry<Args> (&list)[N], Args a, std::size_t outputs) {
    guarded<T> reference(outputs);
    a.output = reference.data();
    list[N - 1].run(a);
    CHECK(reference.margins_intact());
    kernel::for_each_supported(list, arch::detect(), [&](const auto& k) {
        guarded<T> out(outputs);
        a.output = out.data();
        k.run(a);
        CHECK_MESSAGE((out.bytes == reference.bytes), k.name << " count " << a.count << " rows " << a.rows);
    });
}

/// Reals on and next to the ties between codes, and the numbers that are none.
std::vector<float> near_ties(const format::affine& to) {
    std::vector<float> x{0.F, -0.F, infinity, -infinity, not_a_number, 3e38F, -3e38F, 1e-40F};
    for (std::int32_t code = -3; code < 262; ++code) {
        const float tie = (static_cast<float>(code - to.zero) + 0.5F) * to.scale;
        for (const float v : {tie, std::nextafterf(tie, infinity), std::nextafterf(tie, -infinity)})
            x.push_back(v);
    }
    x.resize(x.size() + 16); // readable beyond the end
    return x;
}

/// The definition, with the standard library's rounding.
std::int32_t nearest_code(const format::affine& to, float real) {
    if (std::isnan(real))
        return to.lowest;
    const float q = real / to.scale;
    const float low = static_cast<float>(to.lowest - to.zero);
    const float high = static_cast<float>(to.highest - to.zero);
    const float limited = q < low ? low : q > high ? high : q;
    return static_cast<std::int32_t>(std::nearbyintf(limited)) + to.zero;
}

} // namespace

TEST_CASE("quantize: nearest code, ties to even, saturating, NaN to the lowest") {
    for (const format::affine& to : {format::affine{.scale = 0.1F, .zero = 128},
                                     {.scale = 0.0078125F, .zero = 3},
                                     {.scale = 0.37F, .zero = 0, .lowest = 0, .highest = 15},
                                     {.scale = 1.F / 3.F, .zero = 255, .lowest = 7, .highest = 250}}) {
        const auto x = near_ties(to);
        const std::size_t n = x.size() - 16;
        guarded<std::uint8_t> out(n);
        kernel::quantize_args a{.input = x.data(), .output = out.data(), .count = n, .to = to};
        kernel::portable::quantize(a);
        for (std::size_t i = 0; i < n; ++i)
            CHECK(std::int32_t{out[i]} == nearest_code(to, x[i]));
        same_as_portable<std::uint8_t>(kernel::quantize_list<>, a, n);
    }
}

TEST_CASE("quantize, dequantize, tables: every count, rows with a pitch") {
    noise random;
    for (const std::size_t count : counts) {
        constexpr std::size_t rows = 3;
        const std::size_t outputs = (rows - 1) * (count + 5) + count;
        const operand<float> reals((rows - 1) * (count + 3) + count, random);
        kernel::quantize_args q{.input = reals.data(), .rows = rows, .count = count};
        q.input_row_stride = static_cast<std::ptrdiff_t>(count + 3);
        q.output_row_stride = static_cast<std::ptrdiff_t>(count + 5);
        q.to = {.scale = 0.01F, .zero = 100};
        same_as_portable<std::uint8_t>(kernel::quantize_list<>, q, outputs);

        const operand<std::uint8_t> codes((rows - 1) * (count + 3) + count, random);
        kernel::dequantize_args d{.input = codes.data(), .rows = rows, .count = count};
        d.input_row_stride = q.input_row_stride;
        d.output_row_stride = q.output_row_stride;
        d.from = {.scale = 0.037F, .zero = 77};
        same_as_portable<float>(kernel::dequantize_list<>, d, outputs);

        const operand<std::uint8_t> table(256, random);
        kernel::table_u8_args t{.input = codes.data(), .rows = rows, .count = count};
        t.input_row_stride = q.input_row_stride;
        t.output_row_stride = q.output_row_stride;
        t.table = table.data();
        same_as_portable<std::uint8_t>(kernel::table_u8_list<>, t, outputs);
    }
    std::uint8_t all[256], identity[256], out[256];
    for (std::size_t i = 0; i < 256; ++i) {
        all[i] = static_cast<std::uint8_t>(i);
        identity[i] = static_cast<std::uint8_t>(255 - i);
    }
    kernel::for_each_supported(kernel::table_u8_list<>, arch::detect(), [&](const auto& k) {
        k.run({.input = all, .output = out, .count = 256, .table = identity});
        for (std::size_t i = 0; i < 256; ++i)
            CHECK(out[i] == 255 - i);
    });
}

TEST_CASE("add_u8, mul_u8: all pairs of codes, tie-rich and ordinary scales") {
    std::vector<std::uint8_t> a(65536 + over_read_bytes), b(65536 + over_read_bytes);
    for (std::size_t i = 0; i < 65536; ++i) {
        a[i] = static_cast<std::uint8_t>(i >> 8);
        b[i] = static_cast<std::uint8_t>(i);
    }
    for (const float scale : {0.5F, 0.25F, 0.0173F, 1.F / 3.F})
        for (const std::int32_t zero : {0, 1, 117, 128, 255}) {
            kernel::add_u8_args add{.a = {.data = a.data()}, .b = {.data = b.data()}, .count = 65536};
            add.factors = format::make_add_factors(scale, 3, 2 * scale, zero, 4 * scale, 128 - zero / 2);
            add.highest = 250;
            guarded<std::uint8_t> out(65536);
            add.output = out.data();
            kernel::portable::add_u8(add);
            std::size_t wrong = 0;
            for (std::size_t i = 0; i < 65536; ++i)
                wrong += out[i] != format::add_codes(a[i], b[i], add.factors, 0, 250) ? 1u : 0u;
            CHECK(wrong == 0);
            same_as_portable<std::uint8_t>(kernel::add_u8_list<>, add, 65536);

            kernel::mul_u8_args mul{.a = {.data = a.data()}, .b = {.data = b.data()}, .count = 65536};
            mul.a_zero = zero;
            mul.b_zero = 255 - zero;
            mul.factor = scale / 64.F;
            mul.zero = zero;
            mul.lowest = 2;
            same_as_portable<std::uint8_t>(kernel::mul_u8_list<>, mul, 65536);
        }
}

TEST_CASE("add_u8, mul_u8: int8 codes, held moved by 128, are added and multiplied as int8 ones") {
    std::vector<std::uint8_t> a(65536 + over_read_bytes), b(65536 + over_read_bytes);
    for (std::size_t i = 0; i < 65536; ++i) {
        a[i] = static_cast<std::uint8_t>(i >> 8);
        b[i] = static_cast<std::uint8_t>(i);
    }
    const auto own = [](std::uint8_t held) { return std::int32_t{static_cast<std::int8_t>(held ^ 128U)}; };
    std::size_t others = 0; // than the same codes as uint8 ones
    for (const float scale : {0.5F, 0.0173F, 1.F / 3.F})
        for (const std::int32_t zero : {-128, -3, 0, 17, 127}) {
            const float near_double = std::nextafter(2 * scale, 1.F); // sums are nearly ties
            guarded<std::uint8_t> out(65536);
            kernel::add_u8_args add{.a = {.data = a.data()}, .b = {.data = b.data()}, .count = 65536};
            add.factors = format::make_add_factors(scale, 3, scale, zero, near_double, -zero / 2);
            add.highest = 250;
            add.moved = 128;
            add.output = out.data();
            kernel::portable::add_u8(add);
            const auto held =
                format::make_add_factors(scale, 131, scale, zero + 128, near_double, 128 - zero / 2);
            std::size_t wrong = 0;
            for (std::size_t i = 0; i < 65536; ++i) {
                wrong += own(out[i]) != format::add_codes(own(a[i]), own(b[i]), add.factors, -128, 122);
                others += out[i] != format::add_codes(a[i], b[i], held, 0, 250);
            }
            CHECK(wrong == 0);
            same_as_portable<std::uint8_t>(kernel::add_u8_list<>, add, 65536);

            kernel::mul_u8_args mul{.a = add.a, .b = add.b, .count = 65536};
            mul.a_zero = 128;
            mul.b_zero = zero + 128;
            mul.factor = scale / 64.F;
            mul.zero = 128 - zero / 2;
            mul.moved = 128;
            mul.output = out.data();
            kernel::portable::mul_u8(mul);
            wrong = 0;
            for (std::size_t i = 0; i < 65536; ++i)
                wrong += own(out[i]) != format::multiply_codes(own(a[i]), 0, own(b[i]), zero, mul.factor,
                                                               -zero / 2, -128, 127);
            CHECK(wrong == 0);
            same_as_portable<std::uint8_t>(kernel::mul_u8_list<>, mul, 65536);
        }
    CHECK(others > 0); // or the test could not tell
}

TEST_CASE("add_u8, mul_u8: operands that repeat") {
    noise random;
    for (const std::size_t a_period : {0u, 1u, 5u, 16u})
        for (const std::size_t b_period : {0u, 1u, 5u, 16u, 80u})
            for (const std::size_t count : {80u, 160u}) {
                constexpr std::size_t rows = 3;
                const auto elements = [&](std::size_t period) { return period != 0 ? period : rows * count; };
                const auto stride = [&](std::size_t period) {
                    return period != 0 ? std::ptrdiff_t{0} : static_cast<std::ptrdiff_t>(count);
                };
                const operand<std::uint8_t> a(elements(a_period), random);
                const operand<std::uint8_t> b(elements(b_period), random);
                kernel::add_u8_args add{.a = {a.data(), stride(a_period), a_period},
                                        .b = {b.data(), stride(b_period), b_period},
                                        .rows = rows,
                                        .count = count};
                add.output_row_stride = static_cast<std::ptrdiff_t>(count + 2);
                add.factors = format::make_add_factors(0.1F, 5, 0.2F, 9, 0.25F, 11);
                const std::size_t outputs = (rows - 1) * (count + 2) + count;
                guarded<std::uint8_t> out(outputs);
                add.output = out.data();
                kernel::portable::add_u8(add);
                std::size_t wrong = 0;
                for (std::size_t r = 0; r < rows; ++r)
                    for (std::size_t i = 0; i < count; ++i) {
                        const std::int32_t x = a.data()[a_period != 0 ? i % a_period : r * count + i];
                        const std::int32_t y = b.data()[b_period != 0 ? i % b_period : r * count + i];
                        wrong += out[r * (count + 2) + i] != format::add_codes(x, y, add.factors, 0, 255);
                    }
                CHECK(wrong == 0);
                same_as_portable<std::uint8_t>(kernel::add_u8_list<>, add, outputs);

                kernel::mul_u8_args mul{.a = add.a, .b = add.b, .rows = rows, .count = count};
                mul.output_row_stride = add.output_row_stride;
                mul.a_zero = 100;
                mul.factor = 0.004F;
                mul.zero = 120;
                same_as_portable<std::uint8_t>(kernel::mul_u8_list<>, mul, outputs);
            }
}

TEST_CASE("unary float: against the definitions, with infinities and NaN") {
    using enum format::unary_op;
    std::vector<float> x{0.F,   -0.F, 1.F, -1.F, 0.5F, -0.5F, 1.5F, 2.5F,
                         -2.5F, 3.F,  6.F, -3.F, 0.1F, 20.F,  -20.F};
    const auto value = [](format::unary_op op, float v, float alpha = 0.F, float beta = 0.F) {
        return static_cast<double>(kernel::unary_value(op, alpha, beta, v));
    };
    for (const float f : x) {
        const auto v = static_cast<double>(f);
        const auto near = [](double want) { return doctest::Approx(want).epsilon(2e-6); };
        const double logistic = 1 / (1 + std::exp(-v));
        const double softplus_v = std::log1p(std::exp(-std::fabs(v))) + std::fmax(v, 0);
        CHECK(value(identity, f) == v);
        CHECK(value(relu, f) == std::fmax(v, 0));
        CHECK(value(clip, f, -1.F, 2.F) == std::fmin(std::fmax(v, -1), 2));
        CHECK(value(leaky_relu, f, 0.25F) == (v < 0 ? v / 4 : v));
        CHECK(value(sigmoid, f) == near(logistic));
        CHECK(value(tanh, f) == near(std::tanh(v)));
        CHECK(value(hard_sigmoid, f, 0.25F, 0.5F) == near(std::fmin(std::fmax(v / 4 + 0.5, 0), 1)));
        CHECK(value(hard_swish, f) == near(v * std::fmin(std::fmax(v / 6 + 0.5, 0), 1)));
        CHECK(value(silu, f, 1.5F) == near(v / (1 + std::exp(-1.5 * v))));
        CHECK(value(elu, f, 0.5F) == near(v < 0 ? 0.5 * (std::exp(v) - 1) : v));
        CHECK(value(selu, f, 1.5F, 1.05F) == near(1.05F * (v < 0 ? 1.5 * (std::exp(v) - 1) : v)));
        CHECK(std::fabs(value(gelu, f) - 0.5 * v * (1 + std::erf(v / std::sqrt(2.0)))) < 1e-6);
        CHECK(std::fabs(value(gelu, f, 1.F) -
                        0.5 * v * (1 + std::tanh(0.7978845608028654 * (v + 0.044715 * v * v * v)))) < 1e-6);
        CHECK(value(softplus, f) == near(softplus_v));
        CHECK(value(softsign, f) == near(v / (1 + std::fabs(v))));
        CHECK(value(mish, f) == near(v * std::tanh(softplus_v)));
        CHECK(value(thresholded_relu, f, 0.5F) == (v > 0.5 ? v : 0));
        CHECK(value(exp, f) == near(std::exp(v)));
        CHECK(value(abs, f) == std::fabs(v));
        CHECK(value(neg, f) == -v);
        CHECK(value(sign, f) == (v > 0 ? 1 : v < 0 ? -1 : 0));
        CHECK(value(floor, f) == std::floor(v));
        CHECK(value(ceil, f) == std::ceil(v));
        CHECK(value(round, f) == std::nearbyint(v));
        CHECK(value(erf, f) == near(std::erf(v)));
        CHECK(value(sin, f) == near(std::sin(v)));
        CHECK(value(cos, f) == near(std::cos(v)));
        if (f > 0) {
            CHECK(value(log, f) == near(std::log(v)));
            CHECK(value(sqrt, f) == near(std::sqrt(v)));
            CHECK(value(reciprocal, f) == near(1 / v));
        }
    }
    for (int op = 0; op <= static_cast<int>(cos); ++op)
        CHECK(std::isnan(kernel::unary_value(static_cast<format::unary_op>(op), 1.F, 2.F, not_a_number)));
}

TEST_CASE("unary float: every kernel, every count") {
    using enum format::unary_op;
    noise random;
    for (const auto op : {relu, clip, hard_sigmoid, hard_swish, tanh, leaky_relu})
        for (const std::size_t count : counts) {
            operand<float> x(2 * count + 3, random);
            x.data()[0] = not_a_number;
            x.data()[count / 2] = -0.F;
            x.data()[count + 3] = -infinity;
            kernel::unary_f32_args a{.op = op, .alpha = -0.25F, .beta = 0.5F, .input = x.data()};
            a.rows = 2;
            a.count = count;
            a.input_row_stride = static_cast<std::ptrdiff_t>(count + 3);
            a.output_row_stride = static_cast<std::ptrdiff_t>(count + 1);
            const bool exact = op != hard_sigmoid && op != hard_swish; // the others may be fused
            if (exact) {
                same_as_portable<float>(kernel::unary_f32_list<>, a, 2 * count + 1);
                continue;
            }
            kernel::for_each_supported(kernel::unary_f32_list<>, arch::detect(), [&](const auto& k) {
                guarded<float> out(2 * count + 1);
                a.output = out.data();
                k.run(a);
                CHECK(out.margins_intact());
                for (std::size_t i = 0; i < count; ++i) {
                    const float want = kernel::unary_value(op, a.alpha, a.beta, x.data()[i]);
                    CHECK((std::isnan(want) ? std::isnan(out[i]) : std::fabs(out[i] - want) <= 1e-6F));
                }
            });
        }
}

namespace {

double binary_value(format::binary_op op, double a, double b) {
    using enum format::binary_op;
    switch (op) {
    case add:
        return a + b;
    case sub:
        return a - b;
    case mul:
        return a * b;
    case div:
        return a / b;
    case min:
        return std::fmin(a, b);
    case max:
        return std::fmax(a, b);
    case pow:
        return std::pow(a, b);
    case prelu:
        return a < 0 ? a * b : a;
    case keep:
        return b != 0 ? a : 0;
    default:
        return 0;
    }
}

/// Operands of sizes s (1 where it repeats), the output dense.
void check_binary(format::binary_op op, const std::vector<std::size_t>& a_sizes,
                  const std::vector<std::size_t>& b_sizes) {
    noise random;
    kernel::binary_f32_args args{.op = op, .rank = static_cast<std::uint32_t>(a_sizes.size())};
    std::ptrdiff_t a_step = 1, b_step = 1, y_step = 1;
    for (std::size_t i = a_sizes.size(); i-- > 0;) {
        args.sizes[i] = a_sizes[i] > b_sizes[i] ? a_sizes[i] : b_sizes[i];
        args.a_strides[i] = a_sizes[i] == 1 ? 0 : a_step;
        args.b_strides[i] = b_sizes[i] == 1 ? 0 : b_step;
        args.output_strides[i] = y_step;
        a_step *= static_cast<std::ptrdiff_t>(a_sizes[i]);
        b_step *= static_cast<std::ptrdiff_t>(b_sizes[i]);
        y_step *= static_cast<std::ptrdiff_t>(args.sizes[i]);
    }
    operand<float> a(static_cast<std::size_t>(a_step), random);
    operand<float> b(static_cast<std::size_t>(b_step), random);
    if (op == format::binary_op::pow || op == format::binary_op::div)
        for (auto* o : {&a, &b})
            for (std::size_t i = 0; i < o->memory.size() / 4; ++i)
                o->data()[i] = std::fabs(o->data()[i]) + 0.1F;
    args.a = a.data();
    args.b = b.data();
    args.low = -0.9F;
    args.high = 1.75F;
    const auto outputs = static_cast<std::size_t>(y_step);
    kernel::for_each_supported(kernel::binary_f32_list<>, arch::detect(), [&](const auto& k) {
        guarded<float> out(outputs);
        args.output = out.data();
        k.run(args);
        bool right = out.margins_intact();
        for (std::size_t i = 0; i < outputs; ++i) {
            std::size_t rest = i;
            std::ptrdiff_t ai = 0, bi = 0;
            for (std::size_t axis = a_sizes.size(); axis-- > 0; rest /= args.sizes[axis]) {
                const auto at = static_cast<std::ptrdiff_t>(rest % args.sizes[axis]);
                ai += at * args.a_strides[axis];
                bi += at * args.b_strides[axis];
            }
            double want =
                binary_value(op, static_cast<double>(a.data()[ai]), static_cast<double>(b.data()[bi]));
            want = std::fmin(std::fmax(want, static_cast<double>(args.low)), static_cast<double>(args.high));
            right = right && std::fabs(static_cast<double>(out[i]) - want) < 1e-6;
        }
        CHECK_MESSAGE(right, k.name << " op " << static_cast<int>(op));
    });
}

} // namespace

TEST_CASE("binary float: every function, every way to repeat") {
    using enum format::binary_op;
    for (const auto op : {add, sub, mul, div, min, max, pow, prelu, keep}) {
        check_binary(op, {2, 3, 4, 21}, {2, 3, 4, 21});
        check_binary(op, {2, 3, 4, 21}, {1, 1, 1, 21});
        check_binary(op, {1, 1, 1, 16}, {2, 3, 4, 16});
        check_binary(op, {2, 3, 4, 5}, {1, 1, 1, 1});
        check_binary(op, {2, 3, 1, 5}, {2, 1, 4, 1});
        check_binary(op, {3, 1}, {1, 40});
        check_binary(op, {1}, {1});
    }
    check_binary(add, {2, 2, 2, 2, 2, 2, 2, 3}, {1, 2, 1, 2, 1, 2, 1, 3});
}

TEST_CASE("binary float: nothing is kept beside a zero, not even NaN") {
    float a[] = {not_a_number, 2.F, not_a_number, -3.F}, b[] = {0.F, 1.F, 1.F, -0.F}, y[4] = {};
    kernel::for_each_supported(kernel::binary_f32_list<>, arch::detect(), [&](const auto& k) {
        kernel::binary_f32_args args{.op = format::binary_op::keep, .a = a, .b = b, .output = y, .rank = 1};
        args.sizes[0] = 4;
        args.a_strides[0] = args.b_strides[0] = args.output_strides[0] = 1;
        k.run(args);
        CHECK(y[0] == 0.F);
        CHECK(y[1] == 2.F);
        CHECK(std::isnan(y[2]));
        CHECK(y[3] == 0.F);
    });
}

TEST_CASE("binary float: minima and maxima pass NaN on from either side, strides may be anything") {
    float a[] = {1.F, not_a_number, 2.F}, b[] = {not_a_number, 1.F, 3.F}, y[6] = {};
    kernel::for_each_supported(kernel::binary_f32_list<>, arch::detect(), [&](const auto& k) {
        for (const auto op : {format::binary_op::min, format::binary_op::max}) {
            kernel::binary_f32_args args{.op = op, .a = a, .b = b, .output = y, .rank = 1};
            args.sizes[0] = 3;
            args.a_strides[0] = args.b_strides[0] = 1;
            args.output_strides[0] = 2;
            k.run(args);
            CHECK(std::isnan(y[0]));
            CHECK(std::isnan(y[2]));
            CHECK(y[4] == (op == format::binary_op::min ? 2.F : 3.F));
            CHECK(y[1] == 0.F);
        }
    });
}
