// SPDX-License-Identifier: MIT
// Float convolutions of which weights are left out in blocks of 16 outputs by one input: every kernel of the
// list this processor has, beside the dense kernel of the same instruction sets. The two take turns, so that
// `speedup`, the least dense time by the least sparse time, holds on a machine that does other work.
#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/kernel/sgemm.hpp>
#include <pith/kernel/sparse_sgemm.hpp>

#include "operands.hpp"
#include "shapes.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

constexpr std::uint32_t panel = kernel::sgemm_tile.outputs;

/// One layer twice: dense with zeros, and without them. The image has its padding in memory.
struct layer {
    std::uint32_t depth, row, panels;
    operand<float> input, weights, bias, output, dense_output;
    std::vector<float> kept;
    std::vector<std::uint32_t> starts, columns;
    kernel::sparse_sgemm_args args;

    layer(const benchmarks::conv_shape& s, double share_of_zeros)
        : depth(s.kernel_rows * s.kernel_columns * s.inputs), row(s.image_columns() * s.inputs),
          panels((s.outputs + panel - 1) / panel), input(std::size_t{s.image_rows()} * row),
          weights(std::size_t{panels} * depth * panel), bias(std::size_t{panels} * panel),
          output(std::size_t{s.rows} * s.columns * s.outputs), dense_output(output.count) {
        prune(s, share_of_zeros);
        auto& a = args;
        a.input = input.data();
        a.over.rows = s.rows;
        a.over.columns = s.columns;
        a.over.row_stride = static_cast<std::ptrdiff_t>(row * s.stride);
        a.over.column_stride = static_cast<std::ptrdiff_t>(s.inputs * s.stride);
        a.over.run_rows = s.kernel_rows;
        a.over.run_row_stride = static_cast<std::ptrdiff_t>(row);
        a.over.run_length = s.kernel_columns * s.inputs;
        a.packed = kernel::sgemm_tile;
        a.channels = s.outputs;
        a.output_strides = {static_cast<std::ptrdiff_t>(s.columns * s.outputs),
                            static_cast<std::ptrdiff_t>(s.outputs)};
        a.epilogue.bias = bias.data();
        a.epilogue.low = 0.f;
        a.starts = starts.data();
        a.columns = columns.data();
    }

    void prune(const benchmarks::conv_shape& s, double share_of_zeros) {
        const std::uint32_t length = s.kernel_columns * s.inputs;
        random_bits random(7);
        starts.push_back(0);
        for (std::uint32_t i = 0; i < panels * depth; ++i) {
            float* w = weights.data() + std::size_t{i} * panel;
            const std::uint32_t k = i % depth;
            if (static_cast<double>(random.unit()) < share_of_zeros) {
                std::fill_n(w, panel, 0.f);
            } else {
                kept.insert(kept.end(), w, w + panel);
                columns.push_back(k / length * row + k % length);
            }
            if (k == depth - 1)
                starts.push_back(static_cast<std::uint32_t>(columns.size()));
        }
    }

    void run_sparse(const kernel::entry<kernel::sparse_sgemm_args>& k) {
        args.weights = kept.data();
        args.output = output.data();
        k.run(args);
    }
    void run_dense(const kernel::entry<kernel::sgemm_args>& k) {
        args.weights = weights.data();
        args.output = dense_output.data();
        k.run(args);
    }
};

/// Seconds of one call, over a few where one is short.
template <class F>
double seconds(std::size_t calls, const F& f) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < calls; ++i)
        f();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(calls);
}

void run(benchmark::State& state, const benchmarks::conv_shape& s, double share_of_zeros,
         const kernel::entry<kernel::sparse_sgemm_args>& k, const kernel::entry<kernel::sgemm_args>& dense) {
    layer l(s, share_of_zeros);
    l.run_sparse(k);
    l.run_dense(dense);
    const float depth = static_cast<float>(l.depth);
    if (!(benchmarks::distance(l.output.data(), l.dense_output.data(), l.output.count) <=
          3e-8f * depth * (depth + 2.f)))
        return state.SkipWithError("differs from the dense kernel");
    const auto calls = static_cast<std::size_t>(1e6 / s.macs()) + 1;
    double time = 1e9;
    double dense_time = 1e9;
    for (auto _ : state) {
        dense_time = std::min(dense_time, seconds(calls, [&] { l.run_dense(dense); }));
        const double took = seconds(calls, [&] { l.run_sparse(k); });
        time = std::min(time, took);
        state.SetIterationTime(took);
    }
    const double pixels = static_cast<double>(s.rows) * s.columns;
    state.counters["speedup"] = dense_time / time;
    state.counters["GFLOP/s"] = 2e-9 * pixels * static_cast<double>(l.kept.size()) / time;
}

} // namespace

int main(int argc, char** argv) {
    for (const auto& s : benchmarks::sparse_shapes)
        kernel::for_each_supported(kernel::sparse_sgemm_list<>, arch::detect(), [&](const auto& k) {
            const auto& dense = kernel::best_for(kernel::sgemm_list<>, k.needs);
            for (const int percent : {0, 50, 80, 90})
                benchmark::RegisterBenchmark(
                    ("sparse/" + std::string(s.name) + "/" + std::to_string(percent) + "%/" + k.name).c_str(),
                    [&s, &k, &dense, percent](benchmark::State& state) {
                        run(state, s, percent / 100.0, k, dense);
                    })
                    ->UseManualTime();
        });
    return benchmarks::run_all(argc, argv);
}
