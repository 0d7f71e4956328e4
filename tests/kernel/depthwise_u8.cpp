// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/base/buffer.hpp>
#include <pith/kernel/depthwise_u8.hpp>

using namespace pith;

namespace {

struct noise {
    std::uint32_t state = 1;
    std::uint32_t operator()() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }
};

struct problem {
    std::uint32_t rows = 1, columns = 1;
    std::uint32_t channels = 1;
    std::uint32_t kernel_rows = 3, kernel_columns = 3;
    std::uint32_t stride = 1;
    std::uint32_t dilation = 1;
    std::uint32_t output_gap = 0; ///< elements kept free behind each output pixel
    std::uint32_t row_gap = 0;    ///< and behind each row
    bool extreme = false;

    [[nodiscard]] std::string text() const {
        const auto n = [](std::uint32_t v) { return std::to_string(v) + " "; };
        return "rows " + n(rows) + "columns " + n(columns) + "channels " + n(channels) + "kernel " +
               n(kernel_rows) + n(kernel_columns) + "stride " + n(stride) + "dilation " + n(dilation) +
               "gaps " + n(output_gap) + n(row_gap) + "extreme " + n(extreme);
    }
};

struct setting {
    kernel::depthwise_u8_args args;
    buffer input, weights;
    std::vector<std::int32_t> bias;
    std::vector<float> factor;
    std::size_t output_elements = 0;
};

setting make(const problem& p) {
    noise random{p.rows * 7919 + p.columns * 104729 + p.channels * 31 + p.kernel_rows + 1};
    setting s;
    auto& a = s.args;
    const auto signed_of = [](std::uint32_t v) { return static_cast<std::ptrdiff_t>(v); };
    const std::uint32_t image_columns = (p.columns - 1) * p.stride + (p.kernel_columns - 1) * p.dilation + 1;
    a.over.rows = p.rows;
    a.over.columns = p.columns;
    a.over.column_stride = signed_of(p.channels * p.stride);
    a.over.row_stride = signed_of(image_columns * p.channels * p.stride);
    a.over.run_rows = p.kernel_rows;
    a.over.run_columns = p.kernel_columns;
    a.over.run_row_stride = signed_of(image_columns * p.channels * p.dilation);
    a.over.run_column_stride = signed_of(p.channels * p.dilation);
    a.over.run_length = p.channels;

    const std::uint32_t image_rows = (p.rows - 1) * p.stride + (p.kernel_rows - 1) * p.dilation + 1;
    s.input = buffer(std::size_t{image_rows} * image_columns * p.channels);
    for (auto& b : s.input.bytes())
        b = static_cast<std::byte>(p.extreme ? 255 : random());
    const std::size_t padded = round_up(std::size_t{p.channels}, std::size_t{16});
    s.weights = buffer(padded * a.over.runs());
    for (std::size_t t = 0; t < a.over.runs(); ++t)
        for (std::size_t c = 0; c < p.channels; ++c)
            s.weights.data()[t * padded + c] =
                static_cast<std::byte>(p.extreme ? (c % 2 != 0 ? 128 : 127) : random());
    a.input = reinterpret_cast<const std::uint8_t*>(s.input.data());
    a.weights = reinterpret_cast<const std::int8_t*>(s.weights.data());

    const float spread = 200.f / (128.f * 150.f * static_cast<float>(a.over.runs()));
    for (std::size_t c = 0; c < padded; ++c) {
        s.bias.push_back(p.extreme && c % 3 == 0 ? 0x7FFFFFFF
                                                 : static_cast<std::int32_t>(random() % 20000) - 10000);
        s.factor.push_back(c % 5 == 4 ? 0.5f : spread * static_cast<float>(1 + c % 7));
    }
    a.epilogue.bias = s.bias.data();
    a.epilogue.factor = s.factor.data();
    a.epilogue.zero = p.columns % 2 != 0 ? 117 : 0;
    if (p.rows % 3 == 0) {
        a.epilogue.lowest = 3;
        a.epilogue.highest = 250;
    }
    a.output_strides.column_stride = signed_of(p.channels + p.output_gap);
    a.output_strides.row_stride =
        a.output_strides.column_stride * signed_of(p.columns) + signed_of(p.row_gap);
    s.output_elements = static_cast<std::size_t>(signed_of(p.rows - 1) * a.output_strides.row_stride +
                                                 signed_of(p.columns - 1) * a.output_strides.column_stride) +
                        p.channels;
    return s;
}

constexpr std::size_t guard = 128;

std::vector<std::uint8_t> run(const setting& s, void (*f)(const kernel::depthwise_u8_args&) noexcept) {
    std::vector<std::uint8_t> bytes(guard * 2 + s.output_elements, 0xA5);
    auto a = s.args;
    a.output = bytes.data() + guard;
    f(a);
    return bytes;
}

std::vector<std::uint8_t> expected(const setting& s, const problem& p) {
    std::vector<std::uint8_t> bytes(guard * 2 + s.output_elements, 0xA5);
    const auto& a = s.args;
    const auto& e = a.epilogue;
    const std::size_t padded = round_up(std::size_t{p.channels}, std::size_t{16});
    for (std::uint32_t row = 0; row < p.rows; ++row)
        for (std::uint32_t column = 0; column < p.columns; ++column)
            for (std::uint32_t c = 0; c < p.channels; ++c) {
                std::int64_t sum = e.bias[c];
                for (std::uint32_t y = 0; y < p.kernel_rows; ++y)
                    for (std::uint32_t x = 0; x < p.kernel_columns; ++x)
                        sum += std::int64_t{a.weights[(y * p.kernel_columns + x) * padded + c]} *
                               a.input[row * a.over.row_stride + column * a.over.column_stride +
                                       y * a.over.run_row_stride + x * a.over.run_column_stride + c];
                const auto acc = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum));
                bytes[guard + static_cast<std::size_t>(row * a.output_strides.row_stride +
                                                       column * a.output_strides.column_stride + c)] =
                    static_cast<std::uint8_t>(
                        format::requantize(acc, e.factor[c], e.zero, e.lowest, e.highest));
            }
    return bytes;
}

void check(const problem& p) {
    const setting s = make(p);
    const auto reference = run(s, &kernel::portable::depthwise_u8);
    REQUIRE_MESSAGE((reference == expected(s, p)), p.text());
    kernel::for_each_supported(kernel::depthwise_u8_list<>, arch::detect(), [&](const auto& k) {
        CHECK_MESSAGE((run(s, k.run) == reference), k.name << ": " << p.text());
    });
}

} // namespace

TEST_CASE("depthwise_u8: every number of channels around the vectors") {
    for (std::uint32_t channels = 1; channels <= 140; channels += channels < 36 || channels > 60 ? 1 : 5)
        for (const std::uint32_t columns : {1u, 2u, 5u})
            check({.rows = 2, .columns = columns, .channels = channels});
}

TEST_CASE("depthwise_u8: every width of an image, both strides, with and without gaps") {
    for (std::uint32_t columns = 1; columns <= 19; ++columns)
        for (const std::uint32_t channels : {8u, 16u, 32u, 64u, 24u})
            for (const std::uint32_t stride : {1u, 2u, 3u})
                for (const std::uint32_t gap : {0u, 5u})
                    check({.rows = 1 + columns % 4,
                           .columns = columns,
                           .channels = channels,
                           .stride = stride,
                           .output_gap = columns % 5 == 0 ? gap : 0,
                           .row_gap = gap * 8});
}

TEST_CASE("depthwise_u8: filters of every size, and dilated") {
    for (const auto& [rows, columns] : {std::pair{1u, 1u},
                                        {1u, 3u},
                                        {3u, 1u},
                                        {2u, 2u},
                                        {1u, 4u},
                                        {5u, 5u},
                                        {10u, 4u},
                                        {7u, 7u},
                                        {11u, 12u}})
        for (const std::uint32_t channels : {4u, 8u, 20u, 48u, 80u})
            for (const std::uint32_t dilation : {1u, 2u})
                check({.rows = 3,
                       .columns = 4,
                       .channels = channels,
                       .kernel_rows = rows,
                       .kernel_columns = columns,
                       .stride = 1 + channels % 3 % 2,
                       .dilation = dilation});
}

TEST_CASE("depthwise_u8: the largest products do not saturate and the bias wraps") {
    for (const std::uint32_t channels : {8u, 16u, 33u, 64u})
        for (const std::uint32_t size : {3u, 5u, 11u})
            check({.rows = 2,
                   .columns = 5,
                   .channels = channels,
                   .kernel_rows = size,
                   .kernel_columns = size,
                   .extreme = true});
}

TEST_CASE("depthwise_u8: biases around the greatest sum a float holds exactly, and factors of any kind") {
    const std::int32_t bound = (1 << 24) - 9 * 255 * 128;
    for (const std::uint32_t channels : {8u, 16u, 24u})
        for (const std::int32_t bias :
             {bound - 1, bound, bound + 1, std::int32_t{1} << 24, -bound, -bound - 1})
            for (const float factor : {1e-5f, 63.9f, 64.f, 1e30f, -1e-5f}) {
                setting s = make({.rows = 3, .columns = 7, .channels = channels, .extreme = true});
                for (std::size_t c = 0; c < s.bias.size(); ++c) {
                    s.bias[c] = bias;
                    s.factor[c] = c % 8 == 5 ? factor : 1.f / 70000.f;
                }
                const auto reference = run(s, &kernel::portable::depthwise_u8);
                kernel::for_each_supported(kernel::depthwise_u8_list<>, arch::detect(), [&](const auto& k) {
                    CHECK_MESSAGE((run(s, k.run) == reference),
                                  k.name << ": bias " << bias << " factor " << factor);
                });
            }
}
