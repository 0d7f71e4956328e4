// SPDX-License-Identifier: MIT
#ifndef PITH_BENCHMARKS_IGEMM_LAYER_HPP
#define PITH_BENCHMARKS_IGEMM_LAYER_HPP
/// Operands of an integer convolution to be timed.

#include <cstdint>
#include <cstring>

#include <pith/base/buffer.hpp>
#include <pith/kernel/igemm/args.hpp>

#include "shapes.hpp"

namespace pith::benchmarks {

struct igemm_layer {
    kernel::igemm_args args;
    buffer input, weights, output, bias, factor, residual;
};

inline std::uint32_t next_number(std::uint32_t& state) {
    state = state * 1664525u + 1013904223u;
    return state >> 16;
}

inline igemm_layer make_layer(const conv_shape& s) {
    igemm_layer l;
    auto& a = l.args;
    const std::uint32_t length = s.kernel_columns * s.inputs;
    const auto row = static_cast<std::ptrdiff_t>(s.image_columns() * s.inputs);
    a.over.rows = s.rows;
    a.over.columns = s.columns;
    a.over.row_stride = row * static_cast<std::ptrdiff_t>(s.stride);
    a.over.column_stride = static_cast<std::ptrdiff_t>(s.inputs * s.stride);
    a.over.run_rows = s.kernel_rows;
    a.over.run_row_stride = row;
    a.over.run_length = length;
    a.packed = {16, 4};
    a.channels = s.outputs;

    const std::size_t padded = round_up(std::size_t{s.outputs}, std::size_t{16});
    const std::size_t outputs = std::size_t{s.rows} * s.columns * s.outputs;
    l.input = buffer(std::size_t{s.image_rows()} * s.image_columns() * s.inputs);
    l.weights = buffer(format::packed_elements(a.packed, s.outputs, s.kernel_rows, length));
    l.output = buffer(outputs);
    l.bias = buffer(padded * 4);
    l.factor = buffer(padded * 4);
    std::uint32_t state = 1;
    for (auto& b : l.input.bytes())
        b = static_cast<std::byte>(next_number(state));
    for (std::size_t c = 0; c < s.outputs; ++c)
        for (std::size_t r = 0; r < s.kernel_rows; ++r)
            for (std::size_t k = 0; k < length; ++k)
                l.weights.data()[format::packed_index(a.packed, s.kernel_rows, length, c, r, k)] =
                    static_cast<std::byte>(next_number(state));
    const float factor = 1.f / (60.f * static_cast<float>(length * s.kernel_rows));
    for (std::size_t i = 0; i < padded; ++i)
        std::memcpy(l.factor.data() + 4 * i, &factor, 4);

    a.input = reinterpret_cast<const std::uint8_t*>(l.input.data());
    a.weights = reinterpret_cast<const std::int8_t*>(l.weights.data());
    a.output = reinterpret_cast<std::uint8_t*>(l.output.data());
    a.output_strides.column_stride = static_cast<std::ptrdiff_t>(s.outputs);
    a.output_strides.row_stride = static_cast<std::ptrdiff_t>(s.columns * s.outputs);
    a.epilogue.bias = reinterpret_cast<const std::int32_t*>(l.bias.data());
    a.epilogue.factor = reinterpret_cast<const float*>(l.factor.data());
    a.epilogue.zero = 3;
    if (s.residual) {
        l.residual = buffer(outputs);
        for (auto& b : l.residual.bytes())
            b = static_cast<std::byte>(next_number(state));
        a.epilogue.residual = reinterpret_cast<const std::uint8_t*>(l.residual.data());
        a.epilogue.residual_strides = a.output_strides;
        a.epilogue.add = format::make_add_factors(0.02f, 3, 0.03f, 120, 0.035f, 100);
    }
    return l;
}

} // namespace pith::benchmarks

#endif
