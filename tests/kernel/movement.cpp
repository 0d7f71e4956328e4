// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/movement.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

/// Copies by the definition: every index, one element at a time.
template <class T>
void copy_slowly(const kernel::copy_args& a, const T* input, guarded<T>& out) {
    std::size_t index[8] = {};
    for (;;) {
        std::ptrdiff_t from = 0, to = 0;
        for (std::uint32_t i = 0; i < a.rank; ++i) {
            from += static_cast<std::ptrdiff_t>(index[i]) * a.input_strides[i];
            to += static_cast<std::ptrdiff_t>(index[i]) * a.output_strides[i];
        }
        out.set(static_cast<std::size_t>(to), input[from]);
        std::uint32_t axis = a.rank;
        while (axis > 0 && ++index[axis - 1] == a.sizes[axis - 1])
            index[--axis] = 0;
        if (axis == 0)
            return;
    }
}

template <class T>
void check_copy(kernel::copy_args a, const T* input, std::size_t outputs) {
    a.element_bytes = sizeof(T);
    a.input = input;
    guarded<T> want(outputs);
    copy_slowly(a, input, want);
    kernel::for_each_supported(kernel::copy_list, arch::detect(), [&](const auto& k) {
        guarded<T> out(outputs);
        a.output = out.data();
        k.run(a);
        CHECK_MESSAGE((out.bytes == want.bytes), k.name << " rank " << a.rank);
    });
}

/// A transposition of sizes, output dense.
template <class T>
void check_transpose(const std::vector<std::size_t>& sizes, const std::vector<std::size_t>& permutation) {
    noise random;
    std::vector<std::ptrdiff_t> strides(sizes.size(), 1);
    std::size_t elements = 1;
    for (std::size_t i = sizes.size(); i-- > 0;) {
        strides[i] = static_cast<std::ptrdiff_t>(elements);
        elements *= sizes[i];
    }
    const operand<T> x(elements, random);
    kernel::copy_args a;
    a.rank = static_cast<std::uint32_t>(sizes.size());
    std::ptrdiff_t step = 1;
    for (std::size_t i = sizes.size(); i-- > 0;) {
        a.sizes[i] = sizes[permutation[i]];
        a.input_strides[i] = strides[permutation[i]];
        a.output_strides[i] = step;
        step *= static_cast<std::ptrdiff_t>(a.sizes[i]);
    }
    check_copy<T>(a, x.data(), elements);
}

} // namespace

TEST_CASE_TEMPLATE("copy: transpositions of every width", T, std::uint8_t, std::uint16_t, std::int32_t,
                   std::int64_t) {
    check_transpose<T>({5}, {0});
    check_transpose<T>({3, 70}, {1, 0});
    check_transpose<T>({2, 3, 4, 5}, {0, 2, 3, 1});
    check_transpose<T>({2, 5, 4, 3}, {0, 3, 1, 2});
    check_transpose<T>({2, 1, 4, 33}, {3, 2, 1, 0});
    check_transpose<T>({2, 2, 2, 2, 2, 2, 2, 3}, {7, 0, 6, 1, 5, 2, 4, 3});
    check_transpose<T>({}, {});
}

TEST_CASE("copy: slices backwards, repeats, gaps, nothing") {
    noise random;
    const operand<std::int32_t> x(1000, random);
    kernel::copy_args a;
    a.rank = 2;
    a.sizes[0] = 6;
    a.sizes[1] = 7;
    a.input_strides[0] = 30;
    a.input_strides[1] = 3;
    a.output_strides[0] = 20;
    a.output_strides[1] = 2;
    check_copy<std::int32_t>(a, x.data(), 200);
    a.input_strides[1] = -3;
    check_copy<std::int32_t>(a, x.data() + 100, 200);
    a.input_strides[0] = 0; // the rows are one
    check_copy<std::int32_t>(a, x.data() + 100, 200);
    a.input_strides[1] = 0; // a fill
    check_copy<std::int32_t>(a, x.data(), 200);
    a.output_strides[1] = 1;
    check_copy<std::int32_t>(a, x.data(), 200);
    a.sizes[1] = 0;
    guarded<std::int32_t> out(200);
    a.output = out.data();
    a.input = x.data();
    a.element_bytes = 4;
    kernel::portable::copy(a);
    CHECK(out.untouched(0));
}

namespace {

/// Input index of a padded one as the standard describes it, walked step by step; -1 for the fill.
std::ptrdiff_t walk(format::pad_mode mode, std::ptrdiff_t i, std::ptrdiff_t size) {
    using enum format::pad_mode;
    while (i < 0 || i >= size) {
        if (mode == constant)
            return -1;
        if (mode == edge)
            return i < 0 ? 0 : size - 1;
        if (mode == wrap)
            i += i < 0 ? size : -size;
        if (mode == reflect)
            i = size == 1 ? 0 : i < 0 ? -i : 2 * (size - 1) - i;
    }
    return i;
}

} // namespace

TEST_CASE("pad: every mode, wider than the input, and cropping") {
    noise random;
    for (const auto mode : {format::pad_mode::constant, format::pad_mode::edge, format::pad_mode::reflect,
                            format::pad_mode::wrap})
        for (const std::ptrdiff_t rows : {1, 2, 5})
            for (const std::ptrdiff_t before : {-1, 0, 1, 7})
                for (const std::ptrdiff_t after : {-1, 0, 3, 8}) {
                    constexpr std::ptrdiff_t columns = 4;
                    if (rows + before + after <= 0)
                        continue;
                    const operand<std::int32_t> x(static_cast<std::size_t>(rows * columns), random);
                    const std::int32_t fill = 42;
                    kernel::pad_args a;
                    a.input = x.data();
                    a.element_bytes = 4;
                    a.rank = 2;
                    a.sizes[0] = static_cast<std::size_t>(rows);
                    a.sizes[1] = columns;
                    a.before[0] = before;
                    a.after[0] = after;
                    a.before[1] = after;
                    a.after[1] = before;
                    a.mode = mode;
                    a.fill = &fill;
                    const std::ptrdiff_t high = rows + before + after, wide = columns + before + after;
                    const auto outputs = static_cast<std::size_t>(high * wide);
                    guarded<std::int32_t> want(outputs);
                    for (std::ptrdiff_t i = 0; i < high; ++i)
                        for (std::ptrdiff_t j = 0; j < wide; ++j) {
                            const std::ptrdiff_t r = walk(mode, i - before, rows);
                            const std::ptrdiff_t c = walk(mode, j - after, columns);
                            want.set(static_cast<std::size_t>(i * wide + j),
                                     r < 0 || c < 0 ? fill : x.data()[r * columns + c]);
                        }
                    kernel::for_each_supported(kernel::pad_list, arch::detect(), [&](const auto& k) {
                        guarded<std::int32_t> out(outputs);
                        a.output = out.data();
                        k.run(a);
                        CHECK_MESSAGE((out.bytes == want.bytes), k.name << " mode " << static_cast<int>(mode)
                                                                        << " rows " << rows << " before "
                                                                        << before << " after " << after);
                    });
                }
}

TEST_CASE("gather: negative indices count from the end, those out of range are clamped") {
    const std::int32_t x[2][3][2] = {{{0, 1}, {10, 11}, {20, 21}}, {{100, 101}, {110, 111}, {120, 121}}};
    const std::int32_t indices[] = {2, -3, -1, 99, -99};
    const std::int32_t rows[] = {2, 0, 2, 2, 0};
    kernel::for_each_supported(kernel::gather_list, arch::detect(), [&](const auto& k) {
        guarded<std::int32_t> out(2 * 5 * 2);
        k.run({.input = x,
               .indices = indices,
               .output = out.data(),
               .outer = 2,
               .axis = 3,
               .count = 5,
               .inner_bytes = 8});
        CHECK(out.margins_intact());
        for (std::size_t o = 0; o < 2; ++o)
            for (std::size_t j = 0; j < 5; ++j)
                for (std::size_t i = 0; i < 2; ++i)
                    CHECK(out[(o * 5 + j) * 2 + i] == x[o][rows[j]][i]);
    });
}

namespace {

template <class To, class From>
To convert_one(From x, format::dtype from, format::dtype to) {
    To y{};
    kernel::portable::convert({.input = &x, .output = &y, .count = 1, .from = from, .to = to});
    return y;
}

} // namespace

TEST_CASE("convert: truncates, saturates, wraps, and tells what is true") {
    using enum format::dtype;
    CHECK(convert_one<std::int32_t>(2.9F, f32, i32) == 2);
    CHECK(convert_one<std::int32_t>(-2.9F, f32, i32) == -2);
    CHECK(convert_one<std::int32_t>(3e9F, f32, i32) == std::numeric_limits<std::int32_t>::max());
    CHECK(convert_one<std::int32_t>(-3e9F, f32, i32) == std::numeric_limits<std::int32_t>::min());
    CHECK(convert_one<std::int64_t>(1e30F, f32, i64) == std::numeric_limits<std::int64_t>::max());
    CHECK(convert_one<std::uint8_t>(-1.F, f32, u8) == 0);
    CHECK(convert_one<std::int8_t>(1000.0, f64, i8) == 127);
    CHECK(convert_one<std::int32_t>(std::numeric_limits<float>::quiet_NaN(), f32, i32) == 0);
    CHECK(convert_one<std::int8_t>(std::int32_t{300}, i32, i8) == 44);
    CHECK(convert_one<float>(std::int64_t{-7}, i64, f32) == -7.F);
    CHECK(convert_one<double>(0.5F, f32, f64) == 0.5);
    CHECK(convert_one<std::uint8_t>(0.25F, f32, boolean) == 1);
    CHECK(convert_one<std::uint8_t>(std::int64_t{0}, i64, boolean) == 0);
    CHECK(convert_one<std::uint8_t>(std::numeric_limits<float>::quiet_NaN(), f32, boolean) == 1);
    CHECK(convert_one<float>(std::uint8_t{1}, boolean, f32) == 1.F);
    CHECK(convert_one<std::uint8_t>(std::uint8_t{1}, boolean, boolean) == 1);
}
