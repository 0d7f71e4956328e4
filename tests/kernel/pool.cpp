// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>

#include <pith/arch/detect.hpp>
#include <pith/kernel/pool.hpp>

#include "support/kernels.hpp"

using namespace pith;
using kernel::pool_geometry;
using tests::guarded;
using tests::noise;
using tests::operand;

namespace {

constexpr std::uint32_t all_channels[] = {1, 3, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130};

/// An image with a pitch, output dense.
pool_geometry geometry(std::uint32_t channels, std::uint32_t kernel, std::uint32_t stride, std::uint32_t pad,
                       std::uint32_t dilation, bool ceil) {
    pool_geometry g;
    g.input_rows = 7;
    g.input_columns = 6;
    g.channels = channels;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        g.kernel[axis] = kernel;
        g.strides[axis] = stride;
        g.dilations[axis] = dilation;
        g.pads[axis] = pad;
        g.pads[axis + 2] = axis == 0 ? pad : 0;
    }
    const auto outputs = [&](std::uint32_t size, std::size_t axis) {
        const std::uint32_t room = size + g.pads[axis] + g.pads[axis + 2] - dilation * (kernel - 1) - 1;
        return room / stride + (ceil && room % stride != 0 ? 1 : 0) + 1;
    };
    g.output_rows = outputs(g.input_rows, 0);
    g.output_columns = outputs(g.input_columns, 1);
    g.input_strides.column_stride = static_cast<std::ptrdiff_t>(channels);
    g.input_strides.row_stride = static_cast<std::ptrdiff_t>(channels * (g.input_columns + 1));
    g.output_strides.column_stride = static_cast<std::ptrdiff_t>(channels + 1);
    g.output_strides.row_stride = static_cast<std::ptrdiff_t>((channels + 1) * g.output_columns + 2);
    return g;
}

std::size_t inputs(const pool_geometry& g) {
    return std::size_t{g.input_rows} * (g.input_columns + 1) * g.channels;
}
std::size_t outputs(const pool_geometry& g) {
    return static_cast<std::size_t>((g.output_rows - 1) * g.output_strides.row_stride +
                                    (g.output_columns - 1) * g.output_strides.column_stride) +
           g.channels;
}

/// Calls f(offset) for each tap inside, one by one; returns how many lie inside or on a pad.
template <class F>
std::uint32_t taps(const pool_geometry& g, std::uint32_t row, std::uint32_t column, const F& f) {
    std::uint32_t padded = 0;
    for (std::uint32_t i = 0; i < g.kernel[0]; ++i)
        for (std::uint32_t j = 0; j < g.kernel[1]; ++j) {
            const int y =
                static_cast<int>(row * g.strides[0] + i * g.dilations[0]) - static_cast<int>(g.pads[0]);
            const int x =
                static_cast<int>(column * g.strides[1] + j * g.dilations[1]) - static_cast<int>(g.pads[1]);
            const int rows = static_cast<int>(g.input_rows), columns = static_cast<int>(g.input_columns);
            if (y >= 0 && y < rows && x >= 0 && x < columns)
                f(y * g.input_strides.row_stride + x * g.input_strides.column_stride);
            if (y < rows + static_cast<int>(g.pads[2]) && x < columns + static_cast<int>(g.pads[3]))
                ++padded;
        }
    return padded;
}

/// Calls f(geometry) for windows of every kind.
template <class F>
void for_each_geometry(const F& f) {
    for (const std::uint32_t channels : all_channels)
        for (const std::uint32_t size : {1u, 2u, 3u})
            for (const std::uint32_t stride : {1u, 2u, 3u})
                for (const std::uint32_t pad : {0u, 1u})
                    for (const std::uint32_t dilation : {1u, 2u})
                        for (const bool ceil : {false, true})
                            if (pad < size)
                                f(geometry(channels, size, stride, pad, dilation, ceil));
}

/// Each output of `list`'s kernels must be want(row, column, channel), and nothing else may be written.
template <class T, class Args, std::size_t N, class F>
void check_all(const kernel::entry<Args> (&list)[N], Args a, const pool_geometry& g, const F& want) {
    kernel::for_each_supported(list, arch::detect(), [&](const auto& k) {
        guarded<T> out(outputs(g));
        guarded<T> expected(outputs(g));
        a.output = out.data();
        k.run(a);
        for (std::uint32_t r = 0; r < g.output_rows; ++r)
            for (std::uint32_t x = 0; x < g.output_columns; ++x)
                for (std::uint32_t c = 0; c < g.channels; ++c)
                    expected.set(static_cast<std::size_t>(r * g.output_strides.row_stride +
                                                          x * g.output_strides.column_stride) +
                                     c,
                                 want(r, x, c));
        CHECK_MESSAGE((out.bytes == expected.bytes),
                      k.name << ": channels " << g.channels << " kernel " << g.kernel[0] << " stride "
                             << g.strides[0] << " pad " << g.pads[0] << " dilation " << g.dilations[0]);
    });
}

} // namespace

TEST_CASE("maxima of codes and floats") {
    noise random;
    for_each_geometry([&](const pool_geometry& g) {
        const operand<std::uint8_t> codes(inputs(g), random);
        check_all<std::uint8_t>(kernel::max_pool_u8_list<>,
                                kernel::max_pool_u8_args{.input = codes.data(), .over = g}, g,
                                [&](std::uint32_t r, std::uint32_t x, std::uint32_t c) {
                                    std::uint8_t most = 0;
                                    taps(g, r, x, [&](std::ptrdiff_t at) {
                                        const std::uint8_t v = codes.data()[at + std::ptrdiff_t{c}];
                                        most = v > most ? v : most;
                                    });
                                    return most;
                                });
        const operand<float> reals(inputs(g), random);
        check_all<float>(kernel::max_pool_f32_list<>,
                         kernel::max_pool_f32_args{.input = reals.data(), .over = g}, g,
                         [&](std::uint32_t r, std::uint32_t x, std::uint32_t c) {
                             float most = -3.402823466e38F;
                             taps(g, r, x, [&](std::ptrdiff_t at) {
                                 const float v = reals.data()[at + std::ptrdiff_t{c}];
                                 most = v > most ? v : most;
                             });
                             return most;
                         });
    });
}

TEST_CASE("averages of floats, padding counted or not") {
    noise random;
    for_each_geometry([&](const pool_geometry& g) {
        const operand<float> reals(inputs(g), random);
        for (const bool count_padding : {false, true})
            check_all<float>(kernel::average_pool_f32_list<>,
                             kernel::average_pool_f32_args{
                                 .input = reals.data(), .over = g, .count_padding = count_padding},
                             g, [&](std::uint32_t r, std::uint32_t x, std::uint32_t c) {
                                 float sum = 0.F;
                                 std::uint32_t inside = 0;
                                 const std::uint32_t padded = taps(g, r, x, [&](std::ptrdiff_t at) {
                                     sum += reals.data()[at + std::ptrdiff_t{c}];
                                     ++inside;
                                 });
                                 const std::uint32_t count = count_padding ? padded : inside;
                                 return count != 0 ? sum / static_cast<float>(count) : 0.F;
                             });
    });
}

void average_all_codes(std::int32_t moved) {
    noise random;
    for_each_geometry([&](const pool_geometry& g) {
        const operand<std::uint8_t> codes(inputs(g), random);
        const format::affine from{.scale = g.channels % 2 != 0 ? 0.5F : 0.0371F, .zero = 7};
        const format::affine to{.scale = from.scale, .zero = 11, .lowest = 1, .highest = 254, .moved = moved};
        for (const bool count_padding : {false, true})
            check_all<std::uint8_t>(
                kernel::average_pool_u8_list<>,
                kernel::average_pool_u8_args{
                    .input = codes.data(), .over = g, .count_padding = count_padding, .from = from, .to = to},
                g, [&](std::uint32_t r, std::uint32_t x, std::uint32_t c) {
                    float sum = 0.F;
                    std::uint32_t inside = 0;
                    const std::uint32_t padded = taps(g, r, x, [&](std::ptrdiff_t at) {
                        const volatile float real =
                            format::decode(from, codes.data()[at + std::ptrdiff_t{c}]);
                        sum += real;
                        ++inside;
                    });
                    const std::uint32_t count = count_padding ? padded : inside;
                    const float mean = count != 0 ? sum / static_cast<float>(count) : 0.F;
                    const float code = std::nearbyintf(mean / to.scale + static_cast<float>(to.zero - moved));
                    return static_cast<std::uint8_t>(
                        std::fmin(std::fmax(code + static_cast<float>(moved), 1.F), 254.F));
                });
    });
}

TEST_CASE("averages of codes: decoded, summed in window order, the zero point inside the rounding") {
    average_all_codes(0);
}

TEST_CASE("averages of int8 codes, held moved by 128, round as int8 ones") {
    average_all_codes(128);
}

TEST_CASE("global averages of codes: ties to even before the zero point") {
    noise random;
    for (const std::uint32_t channels : all_channels)
        for (const std::uint32_t rows : {1u, 4u, 7u})
            for (const float output_scale : {0.5F, 0.123F}) {
                constexpr std::uint32_t columns = 4;
                const std::size_t pitch = (columns + 1) * channels;
                const operand<std::uint8_t> codes(rows * pitch, random);
                kernel::global_average_u8_args a{.input = codes.data(), .rows = rows, .columns = columns};
                a.channels = channels;
                a.input_strides = {static_cast<std::ptrdiff_t>(pitch), static_cast<std::ptrdiff_t>(channels)};
                a.input_zero = 100;
                a.factor = format::global_average_factor(0.25F, output_scale,
                                                         static_cast<std::int32_t>(rows * columns));
                a.zero = 117;
                a.lowest = 90;
                a.highest = 200;
                kernel::for_each_supported(
                    kernel::global_average_u8_list<>, arch::detect(), [&](const auto& k) {
                        guarded<std::uint8_t> out(channels);
                        a.output = out.data();
                        k.run(a);
                        bool right = out.margins_intact();
                        for (std::uint32_t c = 0; c < channels; ++c) {
                            std::int32_t sum = 0;
                            for (std::uint32_t i = 0; i < rows * columns; ++i)
                                sum += codes.data()[i / columns * pitch + i % columns * channels + c] - 100;
                            const float mean = std::nearbyintf(static_cast<float>(sum) * a.factor);
                            const float want = std::fmin(std::fmax(mean + 117.F, 90.F), 200.F);
                            right = right && static_cast<float>(out[c]) == want;
                        }
                        CHECK_MESSAGE(right, k.name << " channels " << channels << " rows " << rows);
                    });
            }
}
