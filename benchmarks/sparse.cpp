// SPDX-License-Identifier: MIT
// Convolutions of which weights are left out, in floats by blocks of 16 outputs and one input, in codes of 16
// outputs and four inputs: every sparse kernel this processor has, beside the dense kernel of the same
// instruction sets. The two take turns, so that `speedup`, the least dense time by the least sparse time,
// holds on a machine that does other work.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include <pith/base/random.hpp>
#include <pith/kernel/igemm.hpp>
#include <pith/kernel/sgemm.hpp>
#include <pith/kernel/sparse_igemm.hpp>
#include <pith/kernel/sparse_sgemm.hpp>

#include "operands.hpp"
#include "shapes.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

struct floats {
    static constexpr const char* name = "f32";
    using element = float;
    using weight = float;
    using dense_args = kernel::sgemm_args;
    using sparse_args = kernel::sparse_sgemm_args;
    static constexpr format::tile tile = kernel::sgemm_tile;
    static const auto& sparse_list() { return kernel::sparse_sgemm_list<>; }
    static const auto& dense_list() { return kernel::sgemm_list<>; }
    operand<float> bias;

    explicit floats(std::size_t lanes) : bias(lanes) {}
    void set_epilogue(kernel::sgemm_args& a) {
        a.epilogue.bias = bias.data();
        a.epilogue.low = 0.f;
    }
    static bool alike(float a, float b, float depth) {
        return std::fabs(a - b) <= 3e-8f * depth * (depth + 2.f);
    }
};

struct codes {
    static constexpr const char* name = "u8";
    using element = std::uint8_t;
    using weight = std::int8_t;
    using dense_args = kernel::igemm_args;
    using sparse_args = kernel::sparse_igemm_args;
    static constexpr format::tile tile = kernel::igemm_vector_tile;
    static const auto& sparse_list() { return kernel::sparse_igemm_list<>; }
    static const auto& dense_list() { return kernel::igemm_list<>; }
    std::vector<std::int32_t> bias;
    std::vector<float> factor;

    explicit codes(std::size_t lanes) : bias(lanes, 1000), factor(lanes, 0.002f) {}
    void set_epilogue(kernel::igemm_args& a) const {
        a.epilogue.bias = bias.data();
        a.epilogue.factor = factor.data();
        a.epilogue.zero = 128;
    }
    static bool alike(std::uint8_t a, std::uint8_t b, float) { return a == b; }
};

/// One layer twice: dense with zeros, and without them. The image has its padding in memory. @pre runs are
/// whole columns
template <class Kind>
struct layer {
    static constexpr std::size_t column_weights = std::size_t{Kind::tile.outputs} * Kind::tile.depth;
    using element = typename Kind::element;
    using weight = typename Kind::weight;

    std::uint32_t depth, row, panels;
    operand<element> input, output, dense_output;
    operand<weight> weights;
    Kind kind;
    std::vector<weight> kept;
    std::vector<std::uint32_t> starts{0}, columns;
    typename Kind::sparse_args args;

    layer(const benchmarks::conv_shape& s, double share_of_zeros)
        : depth(s.kernel_rows * s.kernel_columns * s.inputs), row(s.image_columns() * s.inputs),
          panels((s.outputs + Kind::tile.outputs - 1) / Kind::tile.outputs),
          input(std::size_t{s.image_rows()} * row), output(std::size_t{s.rows} * s.columns * s.outputs),
          dense_output(output.count), weights(std::size_t{panels} * depth * Kind::tile.outputs),
          kind(std::size_t{panels} * Kind::tile.outputs) {
        prune(s.kernel_columns * s.inputs, share_of_zeros);
        auto& a = args;
        a.input = input.data();
        a.over.rows = s.rows;
        a.over.columns = s.columns;
        a.over.row_stride = static_cast<std::ptrdiff_t>(row * s.stride);
        a.over.column_stride = static_cast<std::ptrdiff_t>(s.inputs * s.stride);
        a.over.run_rows = s.kernel_rows;
        a.over.run_row_stride = static_cast<std::ptrdiff_t>(row);
        a.over.run_length = s.kernel_columns * s.inputs;
        a.packed = Kind::tile;
        a.channels = s.outputs;
        a.output_strides = {static_cast<std::ptrdiff_t>(s.columns * s.outputs),
                            static_cast<std::ptrdiff_t>(s.outputs)};
        a.starts = starts.data();
        a.columns = columns.data();
        kind.set_epilogue(a);
    }

    void prune(std::uint32_t run, double share_of_zeros) {
        random_bits random(7);
        weight* w = weights.data();
        for (std::uint32_t panel = 0; panel < panels; ++panel) {
            for (std::uint32_t k = 0; k < depth; k += Kind::tile.depth, w += column_weights) {
                if (static_cast<double>(random.unit()) < share_of_zeros) {
                    std::fill_n(w, column_weights, weight{0});
                    continue;
                }
                kept.insert(kept.end(), w, w + column_weights);
                columns.push_back(k / run * row + k % run);
            }
            starts.push_back(static_cast<std::uint32_t>(columns.size()));
        }
        kept.resize(kept.size() + over_read_bytes);
    }

    void run_sparse(const kernel::entry<typename Kind::sparse_args>& k) {
        args.weights = kept.data();
        args.output = output.data();
        k.run(args);
    }
    void run_dense(const kernel::entry<typename Kind::dense_args>& k) {
        args.weights = weights.data();
        args.output = dense_output.data();
        k.run(args);
    }
    [[nodiscard]] bool agree() {
        for (std::size_t i = 0; i < output.count; ++i)
            if (!Kind::alike(output.data()[i], dense_output.data()[i], static_cast<float>(depth)))
                return false;
        return true;
    }
};

/// Seconds of one call.
template <class F>
double seconds(std::size_t calls, const F& f) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < calls; ++i)
        f();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(calls);
}

template <class Kind>
void run(benchmark::State& state, const benchmarks::conv_shape& s, double share_of_zeros,
         const kernel::entry<typename Kind::sparse_args>& k,
         const kernel::entry<typename Kind::dense_args>& dense) {
    layer<Kind> l(s, share_of_zeros);
    l.run_dense(dense);
    l.run_sparse(kernel::portable_entry<typename Kind::sparse_args>::value);
    if (!l.agree())
        return state.SkipWithError("the dense kernel differs from portable sparse code");
    l.run_sparse(k);
    if (!l.agree())
        return state.SkipWithError("the sparse kernel differs from the dense one");
    const auto calls = static_cast<std::size_t>(1e6 / s.macs()) + 1;
    double time = 1e9;
    double dense_time = 1e9;
    for (auto _ : state) {
        dense_time = std::min(dense_time, seconds(calls, [&] { l.run_dense(dense); }));
        const double took = seconds(calls, [&] { l.run_sparse(k); });
        time = std::min(time, took);
        state.SetIterationTime(took);
    }
    const double stored = static_cast<double>(l.columns.size() * l.column_weights);
    state.counters["speedup"] = dense_time / time;
    state.counters["GOP/s"] = 2e-9 * static_cast<double>(s.rows) * s.columns * stored / time;
}

template <class Kind>
void add_all() {
    const auto& sparse = Kind::sparse_list();
    const auto& dense_list = Kind::dense_list();
    for (const auto& s : benchmarks::sparse_shapes)
        kernel::for_each_supported(sparse, arch::detect(), [&](const auto& k) {
            const auto& dense = kernel::best_for(dense_list, k.needs);
            for (const int percent : {0, 50, 80, 90}) {
                const std::string name = std::string("sparse/") + Kind::name + "/" + s.name + "/" +
                                         std::to_string(percent) + "%/" + k.name;
                const auto timed = [&s, &k, &dense, percent](benchmark::State& state) {
                    run<Kind>(state, s, percent / 100.0, k, dense);
                };
                benchmark::RegisterBenchmark(name.c_str(), timed)->UseManualTime();
            }
        });
}

} // namespace

int main(int argc, char** argv) {
    add_all<floats>();
    add_all<codes>();
    return benchmarks::run_all(argc, argv);
}
