// SPDX-License-Identifier: MIT
// Depthwise float convolutions: every kernel of the list this processor has, on layers of real networks.
#include <pith/kernel/depthwise_f32.hpp>

#include "operands.hpp"
#include "peak_f32.hpp"
#include "shapes.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

void run(benchmark::State& state, const benchmarks::conv_shape& s,
         const kernel::entry<kernel::depthwise_f32_args>& k) {
    const auto row = static_cast<std::ptrdiff_t>(s.image_columns() * s.inputs);
    const std::size_t outputs = std::size_t{s.rows} * s.columns * s.inputs;
    const std::size_t padded = round_up(std::size_t{s.inputs}, std::size_t{16});
    operand<float> input(std::size_t{s.image_rows()} * s.image_columns() * s.inputs);
    operand<float> weights(padded * s.kernel_rows * s.kernel_columns);
    operand<float> bias(padded);
    operand<float> output(outputs);

    kernel::depthwise_f32_args a;
    a.input = input.data();
    a.over.rows = s.rows;
    a.over.columns = s.columns;
    a.over.row_stride = row * static_cast<std::ptrdiff_t>(s.stride);
    a.over.column_stride = static_cast<std::ptrdiff_t>(s.inputs * s.stride);
    a.over.run_rows = s.kernel_rows;
    a.over.run_columns = s.kernel_columns;
    a.over.run_row_stride = row;
    a.over.run_column_stride = static_cast<std::ptrdiff_t>(s.inputs);
    a.over.run_length = s.inputs;
    a.weights = weights.data();
    a.output_strides = {static_cast<std::ptrdiff_t>(s.columns * s.inputs),
                        static_cast<std::ptrdiff_t>(s.inputs)};
    a.epilogue.bias = bias.data();
    a.epilogue.low = 0.f;

    a.output = output.data();
    benchmarks::time_if_near(
        state, {"GFLOP/s", 2 * s.depthwise_macs(), benchmarks::f32_peak_gflops()}, output.data(), outputs,
        1e-5f, [&] { k.run(a); }, [&] { kernel::portable::depthwise_f32(a); });
}

} // namespace

int main(int argc, char** argv) {
    benchmarks::add_all("depthwise_f32", benchmarks::depthwise_shapes, kernel::depthwise_f32_list<>, run);
    return benchmarks::run_all(argc, argv, "float peak, GFLOP/s", benchmarks::f32_peak_gflops());
}
