// SPDX-License-Identifier: MIT
// Float convolutions: every kernel of the list this processor has, on layers of real networks.
#include <pith/kernel/sgemm.hpp>

#include "operands.hpp"
#include "peak_f32.hpp"
#include "shapes.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

void run(benchmark::State& state, const benchmarks::conv_shape& s,
         const kernel::entry<kernel::sgemm_args>& k) {
    const std::uint32_t length = s.kernel_columns * s.inputs;
    const auto row = static_cast<std::ptrdiff_t>(s.image_columns() * s.inputs);
    const std::size_t outputs = std::size_t{s.rows} * s.columns * s.outputs;
    operand<float> input(std::size_t{s.image_rows()} * s.image_columns() * s.inputs);
    operand<float> weights(format::packed_elements(kernel::sgemm_tile, s.outputs, s.kernel_rows, length));
    operand<float> bias(round_up(std::size_t{s.outputs}, std::size_t{16}));
    operand<float> output(outputs);

    kernel::sgemm_args a;
    a.input = input.data();
    a.over.rows = s.rows;
    a.over.columns = s.columns;
    a.over.row_stride = row * static_cast<std::ptrdiff_t>(s.stride);
    a.over.column_stride = static_cast<std::ptrdiff_t>(s.inputs * s.stride);
    a.over.run_rows = s.kernel_rows;
    a.over.run_row_stride = row;
    a.over.run_length = length;
    a.weights = weights.data();
    a.packed = kernel::sgemm_tile;
    a.channels = s.outputs;
    a.output_strides = {static_cast<std::ptrdiff_t>(s.columns * s.outputs),
                        static_cast<std::ptrdiff_t>(s.outputs)};
    a.epilogue.bias = bias.data();
    a.epilogue.low = 0.f;

    a.output = output.data();
    const float depth = static_cast<float>(length * s.kernel_rows);
    benchmarks::time_if_near(
        state, {"GFLOP/s", 2 * s.macs(), benchmarks::f32_peak_gflops()}, output.data(), outputs,
        3e-8f * depth * (depth + 2.f), [&] { k.run(a); }, [&] { kernel::portable::sgemm(a); });
}

} // namespace

int main(int argc, char** argv) {
    benchmarks::add_all("sgemm", benchmarks::conv_shapes, kernel::sgemm_list<>, run);
    return benchmarks::run_all(argc, argv, "float peak, GFLOP/s", benchmarks::f32_peak_gflops());
}
