// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/sgemm.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

struct problem {
    std::uint32_t rows = 1, columns = 1;
    std::uint32_t channels = 1;
    std::uint32_t run_rows = 1, run_columns = 1, run_length = 1;
    std::uint32_t stride = 1;
    std::uint32_t halo = 0;       ///< unused inputs at the end of each input row
    std::uint32_t output_gap = 0; ///< elements kept free behind each output pixel and row
    bool residual = false;
    bool in_place = false; ///< the residual is the output's memory
    format::tile packed = kernel::sgemm_tile;

    [[nodiscard]] std::string text() const {
        const auto n = [](std::uint32_t v) { return std::to_string(v) + " "; };
        return "rows " + n(rows) + "columns " + n(columns) + "channels " + n(channels) + "runs " +
               n(run_rows) + n(run_columns) + "of " + n(run_length) + "stride " + n(stride) + "halo " +
               n(halo) + "gap " + n(output_gap) + "residual " + n(residual) + n(in_place);
    }
};

kernel::window window_of(const problem& p) {
    kernel::window w;
    w.rows = p.rows;
    w.columns = p.columns;
    const auto length = static_cast<std::ptrdiff_t>(p.run_length);
    const auto image_columns =
        static_cast<std::ptrdiff_t>((p.columns - 1) * p.stride + p.run_columns + p.halo);
    w.column_stride = length * static_cast<std::ptrdiff_t>(p.stride);
    w.row_stride = image_columns * length * static_cast<std::ptrdiff_t>(p.stride);
    w.run_rows = p.run_rows;
    w.run_columns = p.run_columns;
    w.run_row_stride = image_columns * length;
    w.run_column_stride = length;
    w.run_length = p.run_length;
    return w;
}

std::size_t last(std::uint32_t n, std::ptrdiff_t stride) {
    return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(n - 1) * stride);
}

struct setting {
    noise random;
    kernel::window over;
    operand<float> input, weights, packed, bias, residual;
    std::size_t output_elements;
    kernel::sgemm_args args;
};

std::size_t output_elements(const problem& p) {
    const std::size_t column = p.channels + p.output_gap;
    return (p.rows - 1) * (column * p.columns + p.output_gap) + (p.columns - 1) * column + p.channels;
}

setting make(const problem& p) {
    noise random{p.rows * 7919 + p.columns * 104729 + p.channels * 31 + p.run_length * 17 + 1};
    const kernel::window over = window_of(p);
    const std::size_t inputs = last(p.rows, over.row_stride) + last(p.columns, over.column_stride) +
                               last(p.run_rows, over.run_row_stride) +
                               last(p.run_columns, over.run_column_stride) + p.run_length;
    const std::size_t runs = over.runs();
    setting s{random,
              over,
              operand<float>(inputs, random),
              operand<float>(p.channels * runs * p.run_length, random),
              operand<float>(format::packed_elements(p.packed, p.channels, runs, p.run_length), random),
              operand<float>(round_up(std::size_t{p.channels}, std::size_t{p.packed.outputs}), random),
              operand<float>(output_elements(p), random),
              output_elements(p),
              {}};
    std::memset(s.packed.memory.data(), 0, s.packed.memory.size());
    for (std::size_t c = 0, i = 0; c < p.channels; ++c)
        for (std::size_t r = 0; r < runs; ++r)
            for (std::size_t k = 0; k < p.run_length; ++k, ++i)
                s.packed.data()[format::packed_index(p.packed, runs, p.run_length, c, r, k)] =
                    s.weights.data()[i];
    auto& a = s.args;
    a.input = s.input.data();
    a.over = over;
    a.weights = s.packed.data();
    a.packed = p.packed;
    a.channels = p.channels;
    a.output_strides.column_stride = static_cast<std::ptrdiff_t>(p.channels + p.output_gap);
    a.output_strides.row_stride = a.output_strides.column_stride * static_cast<std::ptrdiff_t>(p.columns) +
                                  static_cast<std::ptrdiff_t>(p.output_gap);
    a.epilogue.bias = s.bias.data();
    a.epilogue.low = -1.5F;
    a.epilogue.high = 2.25F;
    if (p.residual) {
        a.epilogue.residual = s.residual.data();
        a.epilogue.residual_strides = a.output_strides;
        a.epilogue.add_low = -1.F;
        a.epilogue.add_high = 2.F;
    }
    return s;
}

/// One output in double, and how far floats may be from it.
struct exact {
    double value, tolerance;
};

exact expected(const setting& s, const problem& p, std::uint32_t row, std::uint32_t column, std::uint32_t c,
               std::size_t at) {
    const auto& e = s.args.epilogue;
    double sum = 0;
    double magnitude = 0;
    const float* w = s.weights.data() + std::size_t{c} * s.over.runs() * p.run_length;
    for (std::uint32_t y = 0; y < p.run_rows; ++y)
        for (std::uint32_t x = 0; x < p.run_columns; ++x)
            for (std::uint32_t k = 0; k < p.run_length; ++k) {
                const float v = s.args.input[row * s.over.row_stride + column * s.over.column_stride +
                                             y * s.over.run_row_stride + x * s.over.run_column_stride + k];
                const double product = static_cast<double>(v) * static_cast<double>(*w++);
                sum += product;
                magnitude += std::fabs(product);
            }
    const double length = s.over.runs() * p.run_length;
    double value = std::fmin(std::fmax(sum + static_cast<double>(e.bias[c]), static_cast<double>(e.low)),
                             static_cast<double>(e.high));
    if (p.residual)
        value = std::fmin(
            std::fmax(value + static_cast<double>(s.residual.data()[at]), static_cast<double>(e.add_low)),
            static_cast<double>(e.add_high));
    constexpr double epsilon = 5.97e-8; // 2^-24
    return {value, 2 * length * epsilon * magnitude + 4 * epsilon * (magnitude + 2)};
}

void check_one(const setting& s, const problem& p, const kernel::entry<kernel::sgemm_args>& k) {
    guarded<float> out(s.output_elements);
    auto a = s.args;
    a.output = out.data();
    if (p.in_place) {
        for (std::size_t i = 0; i < s.output_elements; ++i)
            out.set(i, s.residual.data()[i]);
        a.epilogue.residual = out.data();
    }
    k.run(a);
    std::vector<bool> written(s.output_elements, false);
    bool all_close = true;
    for (std::uint32_t row = 0; row < p.rows; ++row)
        for (std::uint32_t column = 0; column < p.columns; ++column)
            for (std::uint32_t c = 0; c < p.channels; ++c) {
                const auto at = static_cast<std::size_t>(row * a.output_strides.row_stride +
                                                         column * a.output_strides.column_stride) +
                                c;
                const exact want = expected(s, p, row, column, c, at);
                written[at] = true;
                all_close =
                    all_close && std::fabs(static_cast<double>(out[at]) - want.value) <= want.tolerance;
            }
    CHECK_MESSAGE(all_close, k.name << ": " << p.text());
    bool rest_intact = out.margins_intact();
    for (std::size_t i = 0; i < s.output_elements && !p.in_place; ++i)
        rest_intact = rest_intact && (written[i] || out.untouched(i));
    CHECK_MESSAGE(rest_intact, k.name << " writes beyond: " << p.text());
}

void check(const problem& p) {
    const setting s = make(p);
    kernel::for_each_supported(kernel::sgemm_list<>, arch::detect(), [&](const auto& k) {
        if (kernel::fits(k, arch::detect(), p.packed))
            check_one(s, p, k);
    });
}

} // namespace

TEST_CASE("sgemm: every number of pixels and channels around the tiles") {
    for (std::uint32_t pixels = 1; pixels <= 45; ++pixels)
        for (const std::uint32_t channels : {1u, 7u, 8u, 15u, 16u, 17u, 31u, 32u, 33u, 48u, 50u, 64u, 80u})
            check({.columns = pixels,
                   .channels = channels,
                   .run_length = 5,
                   .residual = (pixels + channels) % 2 != 0});
}

TEST_CASE("sgemm: every run length and number of runs") {
    for (const std::uint32_t length : {1u, 2u, 3u, 7u, 8u, 9u, 15u, 16u, 27u, 64u})
        for (std::uint32_t run_rows = 1; run_rows <= 5; run_rows += 2)
            for (std::uint32_t run_columns = 1; run_columns <= 3; ++run_columns)
                for (const std::uint32_t pixels : {1u, 2u, 5u, 9u})
                    for (const std::uint32_t channels : {16u, 40u})
                        check({.columns = pixels,
                               .channels = channels,
                               .run_rows = run_rows,
                               .run_columns = run_columns,
                               .run_length = length});
}

TEST_CASE("sgemm: images whose rows do not meet the tile, strides, borders, gaps") {
    for (const auto& [rows, columns] :
         {std::pair{7u, 5u}, {8u, 8u}, {3u, 3u}, {3u, 16u}, {5u, 24u}, {16u, 2u}, {9u, 1u}})
        for (const std::uint32_t channels : {3u, 16u, 32u, 48u})
            for (const std::uint32_t stride : {1u, 2u})
                for (const std::uint32_t gap : {0u, 5u})
                    for (const bool residual : {false, true})
                        check({.rows = rows,
                               .columns = columns,
                               .channels = channels,
                               .run_rows = 3,
                               .run_columns = 3,
                               .run_length = 4 + channels % 3,
                               .stride = stride,
                               .halo = gap,
                               .output_gap = gap,
                               .residual = residual});
}

TEST_CASE("sgemm: the residual may be the output itself") {
    for (std::uint32_t pixels = 1; pixels <= 30; ++pixels)
        for (const std::uint32_t channels : {10u, 16u, 32u, 48u})
            check({.columns = pixels,
                   .channels = channels,
                   .run_length = 12,
                   .residual = true,
                   .in_place = true});
}

TEST_CASE("sgemm: long dense layers") {
    for (const std::uint32_t channels : {1u, 10u, 64u, 100u, 129u})
        for (const std::uint32_t length : {100u, 784u, 2051u})
            check({.channels = channels, .run_length = length});
}

TEST_CASE("sgemm: portable reads every tile") {
    for (const int outputs : {1, 2, 4, 8, 16, 32})
        for (const int depth : {1, 2, 4, 8})
            for (const std::uint32_t length : {1u, 5u, 16u})
                check({.rows = 2,
                       .columns = 3,
                       .channels = 11,
                       .run_rows = 3,
                       .run_columns = 2,
                       .run_length = length,
                       .residual = true,
                       .packed = {static_cast<std::uint16_t>(outputs), static_cast<std::uint16_t>(depth)}});
}
