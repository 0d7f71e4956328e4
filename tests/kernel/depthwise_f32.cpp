// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/depthwise_f32.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

struct problem {
    std::uint32_t rows = 1, columns = 1, channels = 1;
    std::uint32_t kernel_rows = 3, kernel_columns = 3;
    std::uint32_t stride = 1, dilation = 1;
    std::uint32_t gap = 0; ///< elements kept free behind each output pixel and row
    bool residual = false;

    [[nodiscard]] std::string text() const {
        const auto n = [](std::uint32_t v) { return std::to_string(v) + " "; };
        return "rows " + n(rows) + "columns " + n(columns) + "channels " + n(channels) + "kernel " +
               n(kernel_rows) + n(kernel_columns) + "stride " + n(stride) + "dilation " + n(dilation) +
               "gap " + n(gap) + "residual " + n(residual);
    }
    [[nodiscard]] std::uint32_t image_columns() const {
        return (columns - 1) * stride + (kernel_columns - 1) * dilation + 1;
    }
    [[nodiscard]] std::uint32_t image_rows() const {
        return (rows - 1) * stride + (kernel_rows - 1) * dilation + 1;
    }
    [[nodiscard]] std::size_t outputs() const {
        const std::size_t column = channels + gap;
        return (rows - 1) * (column * columns + gap) + (columns - 1) * column + channels;
    }
};

kernel::depthwise_f32_args arguments(const problem& p) {
    kernel::depthwise_f32_args a;
    const auto channels = static_cast<std::ptrdiff_t>(p.channels);
    const auto row = static_cast<std::ptrdiff_t>(p.image_columns()) * channels;
    a.over.rows = p.rows;
    a.over.columns = p.columns;
    a.over.row_stride = row * static_cast<std::ptrdiff_t>(p.stride);
    a.over.column_stride = channels * static_cast<std::ptrdiff_t>(p.stride);
    a.over.run_rows = p.kernel_rows;
    a.over.run_columns = p.kernel_columns;
    a.over.run_row_stride = row * static_cast<std::ptrdiff_t>(p.dilation);
    a.over.run_column_stride = channels * static_cast<std::ptrdiff_t>(p.dilation);
    a.over.run_length = p.channels;
    a.output_strides.column_stride = static_cast<std::ptrdiff_t>(p.channels + p.gap);
    a.output_strides.row_stride = a.output_strides.column_stride * static_cast<std::ptrdiff_t>(p.columns) +
                                  static_cast<std::ptrdiff_t>(p.gap);
    a.epilogue.low = -1.F;
    a.epilogue.high = 1.5F;
    return a;
}

/// One output in double, from the definition.
double expected(const problem& p, const kernel::depthwise_f32_args& a, std::uint32_t row,
                std::uint32_t column, std::uint32_t c, float residual) {
    double sum = static_cast<double>(a.epilogue.bias[c]);
    for (std::uint32_t y = 0; y < p.kernel_rows; ++y)
        for (std::uint32_t x = 0; x < p.kernel_columns; ++x) {
            const std::size_t pixel =
                (row * p.stride + y * p.dilation) * p.image_columns() + column * p.stride + x * p.dilation;
            sum += static_cast<double>(a.input[pixel * p.channels + c]) *
                   static_cast<double>(a.weights[(y * p.kernel_columns + x) * round_up(p.channels, 16u) + c]);
        }
    double v =
        std::fmin(std::fmax(sum, static_cast<double>(a.epilogue.low)), static_cast<double>(a.epilogue.high));
    if (p.residual)
        v = std::fmin(std::fmax(v + static_cast<double>(residual), static_cast<double>(a.epilogue.add_low)),
                      static_cast<double>(a.epilogue.add_high));
    return v;
}

void check(const problem& p) {
    noise random{p.rows * 31 + p.columns * 7 + p.channels + 1};
    const std::size_t padded = round_up(p.channels, 16u);
    const operand<float> input(std::size_t{p.image_rows()} * p.image_columns() * p.channels, random);
    const operand<float> weights(padded * p.kernel_rows * p.kernel_columns, random);
    const operand<float> bias(padded, random);
    const operand<float> residual(p.outputs(), random);
    auto a = arguments(p);
    a.input = input.data();
    a.weights = weights.data();
    a.epilogue.bias = bias.data();
    if (p.residual) {
        a.epilogue.residual = residual.data();
        a.epilogue.residual_strides = a.output_strides;
        a.epilogue.add_low = 0.F;
    }
    const double taps = p.kernel_rows * p.kernel_columns;
    kernel::for_each_supported(kernel::depthwise_f32_list<>, arch::detect(), [&](const auto& k) {
        guarded<float> out(p.outputs());
        a.output = out.data();
        k.run(a);
        std::vector<bool> written(p.outputs(), false);
        bool all_close = true;
        for (std::uint32_t row = 0; row < p.rows; ++row)
            for (std::uint32_t column = 0; column < p.columns; ++column)
                for (std::uint32_t c = 0; c < p.channels; ++c) {
                    const auto at = static_cast<std::size_t>(row * a.output_strides.row_stride +
                                                             column * a.output_strides.column_stride) +
                                    c;
                    written[at] = true;
                    const double want = expected(p, a, row, column, c, residual.data()[at]);
                    // Inputs, weights, bias and residual are at most 1.
                    all_close = all_close && std::fabs(static_cast<double>(out[at]) - want) <=
                                                 5.97e-8 * (2 * taps + 4) * (taps + 2);
                }
        CHECK_MESSAGE(all_close, k.name << ": " << p.text());
        bool intact = out.margins_intact();
        for (std::size_t i = 0; i < p.outputs(); ++i)
            intact = intact && (written[i] || out.untouched(i));
        CHECK_MESSAGE(intact, k.name << " writes beyond: " << p.text());
    });
}

} // namespace

TEST_CASE("depthwise float: every number of channels around a vector, both strides") {
    for (const std::uint32_t channels : {1u, 3u, 7u, 8u, 9u, 15u, 16u, 17u, 24u, 31u, 32u, 40u, 64u})
        for (const std::uint32_t stride : {1u, 2u, 3u})
            for (std::uint32_t columns = 1; columns <= 6; ++columns)
                for (const bool residual : {false, true})
                    check({.rows = 2,
                           .columns = columns,
                           .channels = channels,
                           .stride = stride,
                           .gap = columns % 2 * 3,
                           .residual = residual});
}

TEST_CASE("depthwise float: other kernels, dilation, one row and one column") {
    for (const std::uint32_t rows : {1u, 2u, 3u, 5u})
        for (const std::uint32_t columns : {1u, 2u, 3u, 5u})
            for (const std::uint32_t dilation : {1u, 2u})
                for (const std::uint32_t stride : {1u, 2u})
                    for (const std::uint32_t channels : {5u, 16u, 20u})
                        check({.rows = 3,
                               .columns = 4,
                               .channels = channels,
                               .kernel_rows = rows,
                               .kernel_columns = columns,
                               .stride = stride,
                               .dilation = dilation});
}
