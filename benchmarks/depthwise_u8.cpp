// SPDX-License-Identifier: MIT
// Depthwise convolutions of codes: every kernel of the list this processor has, on layers of real networks.
#include <cstdint>
#include <cstring>

#include <pith/base/buffer.hpp>
#include <pith/kernel/depthwise_u8.hpp>

#include "peak.hpp"
#include "shapes.hpp"
#include "timing.hpp"

using namespace pith;

namespace {

struct layer {
    kernel::depthwise_u8_args args;
    buffer input, weights, output, bias, factor;
};

std::uint32_t next(std::uint32_t& state) {
    state = state * 1664525u + 1013904223u;
    return state >> 16;
}

layer make(const benchmarks::conv_shape& s) {
    layer l;
    auto& a = l.args;
    const auto row = static_cast<std::ptrdiff_t>(s.image_columns() * s.inputs);
    a.over.rows = s.rows;
    a.over.columns = s.columns;
    a.over.row_stride = row * static_cast<std::ptrdiff_t>(s.stride);
    a.over.column_stride = static_cast<std::ptrdiff_t>(s.inputs * s.stride);
    a.over.run_rows = s.kernel_rows;
    a.over.run_columns = s.kernel_columns;
    a.over.run_row_stride = row;
    a.over.run_column_stride = static_cast<std::ptrdiff_t>(s.inputs);
    a.over.run_length = s.inputs;

    const std::size_t padded = round_up(std::size_t{s.inputs}, std::size_t{16});
    l.input = buffer(std::size_t{s.image_rows()} * s.image_columns() * s.inputs);
    l.weights = buffer(padded * a.over.runs());
    l.output = buffer(std::size_t{s.rows} * s.columns * s.inputs);
    l.bias = buffer(padded * 4);
    l.factor = buffer(padded * 4);
    std::uint32_t state = 1;
    for (auto& b : l.input.bytes())
        b = static_cast<std::byte>(next(state));
    for (auto& b : l.weights.bytes())
        b = static_cast<std::byte>(next(state));
    const float factor = 1.f / (60.f * static_cast<float>(a.over.runs()));
    for (std::size_t i = 0; i < padded; ++i)
        std::memcpy(l.factor.data() + 4 * i, &factor, 4);

    a.input = reinterpret_cast<const std::uint8_t*>(l.input.data());
    a.weights = reinterpret_cast<const std::int8_t*>(l.weights.data());
    a.output = reinterpret_cast<std::uint8_t*>(l.output.data());
    a.output_strides.column_stride = static_cast<std::ptrdiff_t>(s.inputs);
    a.output_strides.row_stride = static_cast<std::ptrdiff_t>(s.columns * s.inputs);
    a.epilogue.bias = reinterpret_cast<const std::int32_t*>(l.bias.data());
    a.epilogue.factor = reinterpret_cast<const float*>(l.factor.data());
    a.epilogue.zero = 3;
    return l;
}

void run(benchmark::State& state, const benchmarks::conv_shape& shape,
         const kernel::entry<kernel::depthwise_u8_args>& k) {
    layer l = make(shape);
    benchmarks::time_if_equal(
        state, {"GOP/s", 2 * shape.depthwise_macs(), benchmarks::int8_peak_gops()}, l.output.data(),
        l.output.bytes().size(), [&] { k.run(l.args); }, [&] { kernel::portable::depthwise_u8(l.args); });
}

} // namespace

int main(int argc, char** argv) {
    benchmarks::add_all("depthwise_u8", benchmarks::depthwise_shapes, kernel::depthwise_u8_list<>, run);
    return benchmarks::run_all(argc, argv, "int8 peak, GOP/s", benchmarks::int8_peak_gops());
}
