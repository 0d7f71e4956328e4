// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/sparse_sgemm.hpp>

#include "support/kernels.hpp"

using namespace pith;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

constexpr std::uint32_t panel = kernel::sgemm_tile.outputs;

struct problem {
    std::uint32_t rows = 1, columns = 1;
    std::uint32_t channels = 1;
    std::uint32_t inputs = 1;     ///< of a pixel; windows are three of them
    std::uint32_t zeros = 50;     ///< percent of the columns of a panel
    std::uint32_t stride = 1;     ///< in pixels
    std::uint32_t output_gap = 0; ///< elements kept free behind each output pixel and row
    bool residual = false;
    bool in_place = false; ///< the residual is the output's memory

    [[nodiscard]] std::string text() const {
        const auto n = [](std::uint32_t v) { return std::to_string(v) + " "; };
        return "rows " + n(rows) + "columns " + n(columns) + "channels " + n(channels) + "inputs " +
               n(inputs) + "zeros " + n(zeros) + "stride " + n(stride) + "gap " + n(output_gap) +
               "residual " + n(residual) + n(in_place);
    }
};

struct setting {
    operand<float> input, weights, bias, residual;
    std::vector<std::uint32_t> starts, columns;
    std::size_t output_elements;
    kernel::sparse_sgemm_args args;
};

setting make(const problem& p) {
    noise random{p.rows * 7919 + p.columns * 104729 + p.channels * 31 + p.inputs * 17 + p.zeros};
    const std::uint32_t reach = 3 * p.inputs;
    const std::uint32_t row = ((p.columns - 1) * p.stride + 3) * p.inputs;
    std::vector<std::uint32_t> starts{0}, columns;
    for (std::uint32_t first = 0; first < p.channels; first += panel) {
        for (std::uint32_t k = 0; k < reach; ++k)
            if (random.below(100) >= p.zeros)
                columns.push_back(k);
        starts.push_back(static_cast<std::uint32_t>(columns.size()));
    }
    const std::size_t column = p.channels + p.output_gap;
    const std::size_t outputs =
        (p.rows - 1) * (column * p.columns + p.output_gap) + (p.columns - 1) * column + p.channels;
    setting s{operand<float>(std::size_t{p.rows} * row, random),
              operand<float>(columns.size() * panel, random),
              operand<float>(round_up(std::size_t{p.channels}, std::size_t{panel}), random),
              operand<float>(outputs, random),
              std::move(starts),
              std::move(columns),
              outputs,
              {}};
    auto& a = s.args;
    a.input = s.input.data();
    a.over.rows = p.rows;
    a.over.columns = p.columns;
    a.over.row_stride = static_cast<std::ptrdiff_t>(row);
    a.over.column_stride = static_cast<std::ptrdiff_t>(p.inputs) * static_cast<std::ptrdiff_t>(p.stride);
    a.weights = s.weights.data();
    a.packed = kernel::sgemm_tile;
    a.channels = p.channels;
    a.starts = s.starts.data();
    a.columns = s.columns.data();
    a.output_strides.column_stride = static_cast<std::ptrdiff_t>(column);
    a.output_strides.row_stride =
        static_cast<std::ptrdiff_t>(column * p.columns) + static_cast<std::ptrdiff_t>(p.output_gap);
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

/// Whether `y` is output (row, column, c) within the bound that every kernel keeps, computed in double.
bool is_right(const setting& s, std::uint32_t row, std::uint32_t column, std::uint32_t c, std::size_t at,
              float y) {
    const auto& a = s.args;
    const float* x = a.input + row * a.over.row_stride + column * a.over.column_stride;
    double sum = 0;
    double magnitude = 0;
    const std::uint32_t first = a.starts[c / panel];
    const std::uint32_t last = a.starts[c / panel + 1];
    for (std::uint32_t k = first; k < last; ++k) {
        const double product = static_cast<double>(x[a.columns[k]]) *
                               static_cast<double>(a.weights[std::size_t{k} * panel + c % panel]);
        sum += product;
        magnitude += std::fabs(product);
    }
    const auto clamp = [](double v, float low, float high) {
        return std::fmin(std::fmax(v, static_cast<double>(low)), static_cast<double>(high));
    };
    double value = clamp(sum + static_cast<double>(a.epilogue.bias[c]), a.epilogue.low, a.epilogue.high);
    if (a.epilogue.residual != nullptr)
        value = clamp(value + static_cast<double>(s.residual.data()[at]), a.epilogue.add_low,
                      a.epilogue.add_high);
    constexpr double epsilon = 5.97e-8; // 2^-24
    const double bound = 2 * (last - first) * epsilon * magnitude + 4 * epsilon * (magnitude + 2);
    return std::fabs(static_cast<double>(y) - value) <= bound;
}

void check_one(const setting& s, const problem& p, const kernel::entry<kernel::sparse_sgemm_args>& k) {
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
                written[at] = true;
                all_close = all_close && is_right(s, row, column, c, at, out[at]);
            }
    CHECK_MESSAGE(all_close, k.name << ": " << p.text());
    bool rest_intact = out.margins_intact();
    for (std::size_t i = 0; i < s.output_elements && !p.in_place; ++i)
        rest_intact = rest_intact && (written[i] || out.untouched(i));
    CHECK_MESSAGE(rest_intact, k.name << " writes beyond: " << p.text());
}

void check(const problem& p) {
    const setting s = make(p);
    kernel::for_each_supported(kernel::sparse_sgemm_list<>, arch::detect(),
                               [&](const auto& k) { check_one(s, p, k); });
}

} // namespace

TEST_CASE("sparse sgemm: every number of pixels and channels around the tiles") {
    for (std::uint32_t pixels = 1; pixels <= 53; ++pixels)
        for (const std::uint32_t channels : {1u, 7u, 8u, 15u, 16u, 17u, 33u, 48u})
            check({.columns = pixels,
                   .channels = channels,
                   .inputs = 5,
                   .residual = (pixels + channels) % 2 != 0});
}

TEST_CASE("sparse sgemm: from all columns to none") {
    for (const std::uint32_t zeros : {0u, 10u, 50u, 90u, 99u, 100u})
        for (const std::uint32_t inputs : {1u, 2u, 9u, 40u})
            for (const std::uint32_t pixels : {1u, 3u, 4u, 30u})
                check({.columns = pixels, .channels = 40, .inputs = inputs, .zeros = zeros});
}

TEST_CASE("sparse sgemm: images whose rows do not meet the groups, strides, gaps, residuals in place") {
    for (const auto& [rows, columns] :
         {std::pair{7u, 5u}, {8u, 8u}, {3u, 3u}, {3u, 16u}, {5u, 24u}, {16u, 2u}, {9u, 1u}, {4u, 7u}})
        for (const std::uint32_t channels : {3u, 16u, 32u, 50u})
            for (const std::uint32_t stride : {1u, 2u})
                for (const std::uint32_t gap : {0u, 5u})
                    for (const bool in_place : {false, true})
                        check({.rows = rows,
                               .columns = columns,
                               .channels = channels,
                               .inputs = 4,
                               .stride = stride,
                               .output_gap = gap,
                               .residual = in_place || gap != 0,
                               .in_place = in_place});
}

TEST_CASE("sparse sgemm: pixels that compete for cache sets, more weights than inputs and the reverse") {
    for (const std::uint32_t inputs : {512u, 1024u})
        for (const std::uint32_t pixels : {5u, 33u})
            for (const std::uint32_t channels : {16u, 64u})
                check({.columns = pixels, .channels = channels, .inputs = inputs, .zeros = 80});
}

TEST_CASE("sparse sgemm: what is left out adds nothing, even where it is infinite") {
    setting s = make({.columns = 6, .channels = 16, .inputs = 4, .zeros = 100});
    for (std::size_t i = 0; i < 6 * 4; ++i)
        s.input.data()[i] = INFINITY;
    kernel::for_each_supported(kernel::sparse_sgemm_list<>, arch::detect(), [&](const auto& k) {
        guarded<float> out(s.output_elements);
        auto a = s.args;
        a.output = out.data();
        k.run(a);
        for (std::size_t i = 0; i < s.output_elements; ++i)
            CHECK(out[i] == std::fmin(std::fmax(s.bias.data()[i % 16], -1.5F), 2.25F));
    });
}
