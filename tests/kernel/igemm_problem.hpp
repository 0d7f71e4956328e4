// SPDX-License-Identifier: MIT
#ifndef PITH_TESTS_KERNEL_IGEMM_PROBLEM_HPP
#define PITH_TESTS_KERNEL_IGEMM_PROBLEM_HPP
/// Operands of integer convolutions, their outputs between canaries, and what these should be.

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <pith/base/buffer.hpp>
#include <pith/kernel/igemm/args.hpp>

namespace igemm_problem {

using namespace pith;

/// A small generator that is the same everywhere.
struct noise {
    std::uint32_t state = 1;
    std::uint32_t operator()() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }
    std::int32_t between(std::int32_t low, std::int32_t high) {
        return low + static_cast<std::int32_t>((*this)() % static_cast<std::uint32_t>(high - low + 1));
    }
};

enum class store { codes, residual_second, residual_first, reals };

struct problem {
    std::uint32_t rows = 1, columns = 1;
    std::uint32_t channels = 1;
    std::uint32_t run_rows = 1, run_columns = 1, run_length = 1;
    std::uint32_t stride = 1;     ///< of the convolution
    bool merged = false;          ///< the columns of a kernel row are one run
    std::uint32_t halo = 0;       ///< unused inputs at the end of each input row
    std::uint32_t output_gap = 0; ///< elements kept free behind each output pixel and row
    store what = store::codes;
    bool extreme = false;
    format::tile packed{16, 4};

    [[nodiscard]] std::string text() const {
        const auto n = [](std::uint32_t v) { return std::to_string(v) + " "; };
        return "rows " + n(rows) + "columns " + n(columns) + "channels " + n(channels) + "runs " +
               n(run_rows) + n(run_columns) + "of " + n(run_length) + "stride " + n(stride) + "halo " +
               n(halo) + "gap " + n(output_gap) + "store " + n(static_cast<std::uint32_t>(what)) +
               "extreme " + n(extreme);
    }
};

/// Operands of a problem. Every buffer ends where the contract says, so that a sanitizer sees each byte read
/// beyond it.
struct setting {
    kernel::igemm_args args;
    buffer input, packed, residual;
    std::vector<std::int8_t> weights; ///< [channels][runs][run_length]
    std::vector<std::int32_t> bias;
    std::vector<float> factor;
    std::size_t output_elements = 0;
};

template <class T>
T* as(buffer& b) {
    return reinterpret_cast<T*>(b.data());
}

inline kernel::window window_of(const problem& p) {
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
    if (p.merged) {
        w.run_length *= w.run_columns;
        w.run_columns = 1;
    }
    return w;
}

inline setting make(const problem& p) {
    noise random{p.rows * 7919 + p.columns * 104729 + p.channels * 31 + p.run_length * 17 + 1};
    setting s;
    auto& a = s.args;
    a.over = window_of(p);
    const auto last = [](std::uint32_t n, std::ptrdiff_t stride) {
        return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(n - 1) * stride);
    };
    s.input = buffer(last(p.rows, a.over.row_stride) + last(p.columns, a.over.column_stride) +
                     last(a.over.run_rows, a.over.run_row_stride) +
                     last(a.over.run_columns, a.over.run_column_stride) + a.over.run_length);
    for (std::size_t i = 0; i < s.input.size() + over_read_bytes; ++i)
        as<std::uint8_t>(s.input)[i] = p.extreme ? static_cast<std::uint8_t>(random() % 8 == 0 ? 254 : 255)
                                                 : static_cast<std::uint8_t>(random());
    a.input = as<std::uint8_t>(s.input);

    const std::uint32_t runs = a.over.runs();
    a.packed = p.packed;
    a.channels = p.channels;
    s.weights.resize(std::size_t{p.channels} * runs * a.over.run_length);
    s.packed = buffer(format::packed_elements(p.packed, p.channels, runs, a.over.run_length));
    for (std::size_t c = 0, i = 0; c < p.channels; ++c)
        for (std::size_t r = 0; r < runs; ++r)
            for (std::size_t k = 0; k < a.over.run_length; ++k, ++i) {
                s.weights[i] = p.extreme ? (c % 2 != 0 ? std::int8_t{-128} : std::int8_t{127})
                                         : static_cast<std::int8_t>(random());
                as<std::int8_t>(s.packed)[format::packed_index(p.packed, runs, a.over.run_length, c, r, k)] =
                    s.weights[i];
            }
    a.weights = as<std::int8_t>(s.packed);

    const std::size_t padded = round_up(std::size_t{p.channels}, std::size_t{16});
    const float spread = 60.f / (128.f * 150.f * static_cast<float>(runs * a.over.run_length));
    for (std::size_t c = 0; c < padded; ++c) {
        s.bias.push_back(p.extreme && c % 3 == 0 ? 0x7FFFFFFF - random.between(0, 100000)
                                                 : random.between(-20000, 20000));
        s.factor.push_back(c % 5 == 4 ? 0.5f : spread * static_cast<float>(1 + c % 7) * 3.f);
    }
    auto& e = a.epilogue;
    e.bias = s.bias.data();
    e.factor = s.factor.data();
    e.zero = p.channels % 2 != 0 ? 117 : 0;
    if (p.columns % 3 == 0) {
        e.lowest = 3;
        e.highest = 250;
    }

    a.output_strides.column_stride = static_cast<std::ptrdiff_t>(p.channels + p.output_gap);
    a.output_strides.row_stride = a.output_strides.column_stride * static_cast<std::ptrdiff_t>(p.columns) +
                                  static_cast<std::ptrdiff_t>(p.output_gap);
    s.output_elements = last(p.rows, a.output_strides.row_stride) +
                        last(p.columns, a.output_strides.column_stride) + p.channels;
    if (p.what == store::residual_first || p.what == store::residual_second) {
        e.residual_strides = a.output_strides;
        s.residual = buffer(s.output_elements);
        for (std::size_t i = 0; i < s.output_elements; ++i)
            as<std::uint8_t>(s.residual)[i] = static_cast<std::uint8_t>(random());
        e.residual = as<std::uint8_t>(s.residual);
        e.residual_is_first = p.what == store::residual_first;
        e.add = format::make_add_factors(0.0625f, 117, 0.03125f, 9, 0.0625f, 30);
        e.add_lowest = p.rows % 2 != 0 ? 30 : 0;
        e.add_highest = 240;
    }
    return s;
}

/// The output with a guard of canaries before and behind it, as bytes.
/// @param call runs a kernel on these arguments
template <class Call>
std::vector<std::uint8_t> run(const setting& s, const problem& p, Call&& call) {
    constexpr std::size_t guard = 128;
    const std::size_t width = p.what == store::reals ? sizeof(float) : 1;
    std::vector<std::uint8_t> bytes(guard * 2 + s.output_elements * width, 0xA5);
    auto a = s.args;
    if (p.what == store::reals)
        a.real_output = reinterpret_cast<float*>(bytes.data() + guard);
    else
        a.output = bytes.data() + guard;
    call(a);
    return bytes;
}

/// The definition, straight from the unpacked weights.
inline std::vector<std::uint8_t> expected(const setting& s, const problem& p) {
    constexpr std::size_t guard = 128;
    const auto& a = s.args;
    const auto& e = a.epilogue;
    const std::size_t width = p.what == store::reals ? sizeof(float) : 1;
    std::vector<std::uint8_t> bytes(guard * 2 + s.output_elements * width, 0xA5);
    for (std::uint32_t row = 0; row < p.rows; ++row)
        for (std::uint32_t column = 0; column < p.columns; ++column)
            for (std::uint32_t c = 0; c < p.channels; ++c) {
                std::int64_t sum = e.bias[c];
                const std::int8_t* w = s.weights.data() + std::size_t{c} * a.over.runs() * a.over.run_length;
                for (std::uint32_t y = 0; y < a.over.run_rows; ++y)
                    for (std::uint32_t x = 0; x < a.over.run_columns; ++x)
                        for (std::uint32_t k = 0; k < a.over.run_length; ++k)
                            sum += std::int64_t{*w++} *
                                   a.input[row * a.over.row_stride + column * a.over.column_stride +
                                           y * a.over.run_row_stride + x * a.over.run_column_stride + k];
                const auto acc = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum));
                const auto at = static_cast<std::size_t>(row * a.output_strides.row_stride +
                                                         column * a.output_strides.column_stride + c);
                if (p.what == store::reals) {
                    const float real = static_cast<float>(acc) * e.factor[c];
                    std::memcpy(bytes.data() + guard + at * sizeof real, &real, sizeof real);
                    continue;
                }
                std::int32_t code = format::requantize(acc, e.factor[c], e.zero, e.lowest, e.highest);
                if (p.what == store::residual_first)
                    code = format::add_codes(e.residual[at], code, e.add, e.add_lowest, e.add_highest);
                if (p.what == store::residual_second)
                    code = format::add_codes(code, e.residual[at], e.add, e.add_lowest, e.add_highest);
                bytes[guard + at] = static_cast<std::uint8_t>(code);
            }
    return bytes;
}

inline constexpr store every_store[] = {store::codes, store::residual_second, store::residual_first,
                                        store::reals};

} // namespace igemm_problem

#endif
