// SPDX-License-Identifier: MIT
#ifndef PITH_BENCHMARKS_TIMING_HPP
#define PITH_BENCHMARKS_TIMING_HPP
/// Timing kernels: every one of a list that this processor has, on every shape.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/entry.hpp>

#include "operands.hpp"

namespace pith::benchmarks {

/// What is counted, by the second: `each` units of 1e-9 of it per call, and the most that is possible (0: not
/// known).
struct rate {
    const char* name;
    double each;
    double peak = 0;
};

template <class F>
void time_calls(benchmark::State& state, const rate& of, const F& f) {
    for (auto _ : state) {
        f();
        benchmark::ClobberMemory();
    }
    const double done = of.each * 1e-9 * static_cast<double>(state.iterations());
    state.counters[of.name] = benchmark::Counter(done, benchmark::Counter::kIsRate);
    if (of.peak > 0)
        state.counters["of_peak"] = benchmark::Counter(done / of.peak, benchmark::Counter::kIsRate);
}

/// The same once f has left the bytes in `output` that `portable` leaves there.
template <class F, class G>
void time_if_equal(benchmark::State& state, const rate& of, void* output, std::size_t size, const F& f,
                   const G& portable) {
    f();
    const auto* const bytes = static_cast<const std::byte*>(output);
    const std::vector<std::byte> got(bytes, bytes + size);
    portable();
    if (std::memcmp(got.data(), output, size) != 0)
        state.SkipWithError("differs from portable");
    else
        time_calls(state, of, f);
}

/// The same once f has left `count` numbers in `output` that are at most `tolerance` from those of
/// `portable`.
template <class F, class G>
void time_if_near(benchmark::State& state, const rate& of, const float* output, std::size_t count,
                  float tolerance, const F& f, const G& portable) {
    f();
    const std::vector<float> got(output, output + count);
    portable();
    if (!(distance(got.data(), output, count) <= tolerance))
        state.SkipWithError("differs from portable");
    else
        time_calls(state, of, f);
}

/// run(state, shape, kernel) as NAME/SHAPE/KERNEL.
template <class Shapes, class List, class Run>
void add_all(const char* name, const Shapes& shapes, const List& list, const Run& run) {
    for (const auto& shape : shapes)
        kernel::for_each_supported(list, arch::detect(), [&](const auto& k) {
            benchmark::RegisterBenchmark((std::string(name) + "/" + shape.name + "/" + k.name).c_str(),
                                         [&shape, &k, run](benchmark::State& s) { run(s, shape, k); });
        });
}

/// The rest of main.
inline int run_all(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
inline int run_all(int argc, char** argv, const char* peak_name, double peak) {
    benchmark::AddCustomContext(peak_name, std::to_string(peak));
    return run_all(argc, argv);
}

} // namespace pith::benchmarks

#endif
