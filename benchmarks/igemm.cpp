// SPDX-License-Identifier: MIT
// Integer convolutions: every kernel of the list this processor has, on layers of real networks.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/igemm.hpp>

#include "igemm_layer.hpp"
#include "peak.hpp"

using namespace pith;

namespace {

void run(benchmark::State& state, const benchmarks::conv_shape& shape,
         const kernel::entry<kernel::igemm_args>& k) {
    benchmarks::igemm_layer l = benchmarks::make_layer(shape);
    k.run(l.args);
    std::vector<std::byte> got(l.output.bytes().begin(), l.output.bytes().end());
    kernel::portable::igemm(l.args);
    if (std::memcmp(got.data(), l.output.data(), got.size()) != 0) {
        state.SkipWithError("differs from portable");
        return;
    }
    for (auto _ : state) {
        k.run(l.args);
        benchmark::ClobberMemory();
    }
    const double operations = 2 * shape.macs() * static_cast<double>(state.iterations());
    state.counters["GOP/s"] = benchmark::Counter(operations * 1e-9, benchmark::Counter::kIsRate);
    state.counters["of_peak"] =
        benchmark::Counter(operations * 1e-9 / benchmarks::int8_peak_gops(), benchmark::Counter::kIsRate);
}

} // namespace

int main(int argc, char** argv) {
    for (const auto& shape : benchmarks::conv_shapes)
        kernel::for_each_supported(kernel::igemm_list<>, arch::detect(), [&](const auto& k) {
            benchmark::RegisterBenchmark((std::string("igemm/") + shape.name + "/" + k.name).c_str(),
                                         [&shape, &k](benchmark::State& s) { run(s, shape, k); });
        });
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::AddCustomContext("int8 peak, GOP/s", std::to_string(benchmarks::int8_peak_gops()));
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
