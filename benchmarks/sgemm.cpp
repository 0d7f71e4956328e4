// SPDX-License-Identifier: MIT
// Float convolutions: every kernel of the list this processor has, on layers of real networks.
#include <benchmark/benchmark.h>

#include <string>

#include <pith/arch/detect.hpp>
#include <pith/kernel/sgemm.hpp>

#include "operands.hpp"
#include "peak_f32.hpp"
#include "shapes.hpp"

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
    operand<float> expected(outputs);

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

    a.output = expected.data();
    kernel::portable::sgemm(a);
    a.output = output.data();
    k.run(a);
    const float depth = static_cast<float>(length * s.kernel_rows);
    if (benchmarks::distance(output.data(), expected.data(), outputs) > 3e-8f * depth * (depth + 2.f)) {
        state.SkipWithError("differs from portable");
        return;
    }
    for (auto _ : state) {
        k.run(a);
        benchmark::ClobberMemory();
    }
    const double operations = 2 * s.macs() * static_cast<double>(state.iterations());
    state.counters["GFLOP/s"] = benchmark::Counter(operations * 1e-9, benchmark::Counter::kIsRate);
    state.counters["of_peak"] =
        benchmark::Counter(operations * 1e-9 / benchmarks::f32_peak_gflops(), benchmark::Counter::kIsRate);
}

} // namespace

int main(int argc, char** argv) {
    for (const auto& shape : benchmarks::conv_shapes)
        kernel::for_each_supported(kernel::sgemm_list<>, arch::detect(), [&](const auto& k) {
            benchmark::RegisterBenchmark((std::string("sgemm/") + shape.name + "/" + k.name).c_str(),
                                         [&shape, &k](benchmark::State& s) { run(s, shape, k); });
        });
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::AddCustomContext("float peak, GFLOP/s", std::to_string(benchmarks::f32_peak_gflops()));
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
