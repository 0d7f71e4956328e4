// SPDX-License-Identifier: MIT
// Binary convolutions, and codes as bits: every kernel of the lists this processor has, on layers of real
// networks; beside each layer the int8 kernel on the same shape, for the ratio of one run.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include <pith/arch/detect.hpp>
#include <pith/kernel/bgemm.hpp>
#include <pith/kernel/igemm.hpp>

#include "igemm_layer.hpp"
#include "operands.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

constexpr benchmarks::conv_shape layers[] = {
    {"resnet20/stage3", 8, 8, 64, 64, 3, 3},         {"resnet18/stage1", 56, 56, 64, 64, 3, 3},
    {"resnet18/stage3", 14, 14, 256, 256, 3, 3},     {"vgg-small/conv3", 16, 16, 128, 256, 3, 3},
    {"mobilenet/14x14x512", 14, 14, 512, 512, 1, 1}, {"dense/4096x1000", 1, 1, 4096, 1000, 1, 1},
};

kernel::bgemm_args binary_args(const benchmarks::conv_shape& s) {
    kernel::bgemm_args a;
    const auto pixel = static_cast<std::ptrdiff_t>(kernel::words_of(s.inputs) * 8);
    a.over.input_rows = s.image_rows();
    a.over.input_columns = s.image_columns();
    a.over.output_rows = s.rows;
    a.over.output_columns = s.columns;
    a.over.channels = kernel::words_of(s.inputs);
    a.over.kernel[0] = s.kernel_rows;
    a.over.kernel[1] = s.kernel_columns;
    a.over.strides[0] = a.over.strides[1] = s.stride;
    a.over.input_strides = {pixel * static_cast<std::ptrdiff_t>(s.image_columns()), pixel};
    a.over.output_strides = {static_cast<std::ptrdiff_t>(s.columns * s.outputs),
                             static_cast<std::ptrdiff_t>(s.outputs)};
    a.inputs = s.inputs;
    a.channels = s.outputs;
    a.epilogue.zero = 128;
    return a;
}

void run(benchmark::State& state, const benchmarks::conv_shape& s,
         const kernel::entry<kernel::bgemm_args>& k) {
    benchmarks::igemm_layer l = benchmarks::make_layer(s); // bias and factor are of the same size
    kernel::bgemm_args a = binary_args(s);
    const std::size_t words = kernel::words_of(s.inputs);
    operand<std::uint8_t> input(std::size_t{s.image_rows()} * s.image_columns() * words * 8);
    operand<std::uint8_t> weights((s.outputs + 15) / 16 * 16 * s.kernel_rows * s.kernel_columns * words * 8);
    a.input = input.data();
    a.weights = weights.data();
    a.epilogue.bias = l.args.epilogue.bias;
    a.epilogue.factor = l.args.epilogue.factor;
    a.output = l.args.output;
    benchmarks::time_if_equal(
        state, {"GOP/s", 2 * s.macs()}, l.output.data(), l.output.bytes().size(), [&] { k.run(a); },
        [&] { kernel::portable::bgemm(a); });
}

void run_int8(benchmark::State& state, const benchmarks::conv_shape& s) {
    benchmarks::igemm_layer l = benchmarks::make_layer(s);
    const auto best = kernel::best_for(kernel::igemm_list<>, arch::detect());
    benchmarks::time_if_equal(
        state, {"GOP/s", 2 * s.macs()}, l.output.data(), l.output.bytes().size(), [&] { best.run(l.args); },
        [&] { kernel::portable::igemm(l.args); });
}

void pack(benchmark::State& state, const kernel::entry<kernel::pack_bits_args>& k) {
    constexpr std::size_t pixels = 28 * 28;
    constexpr std::uint32_t channels = 128;
    operand<std::uint8_t> input(pixels * channels);
    operand<std::uint8_t> output(pixels * channels / 8);
    const kernel::pack_bits_args a{input.data(), output.data(), pixels, channels,
                                   channels,     channels / 8,  128};
    benchmarks::time_if_equal(
        state, {"Gcodes/s", static_cast<double>(pixels) * channels}, output.data(), pixels * channels / 8,
        [&] { k.run(a); }, [&] { kernel::portable::pack_bits(a); });
}

} // namespace

int main(int argc, char** argv) {
    for (const auto& s : layers) {
        kernel::for_each_supported(kernel::bgemm_list<>, arch::detect(), [&](const auto& k) {
            benchmark::RegisterBenchmark((std::string("bgemm/") + s.name + "/" + k.name).c_str(),
                                         [&s, &k](benchmark::State& state) { run(state, s, k); });
        });
        benchmark::RegisterBenchmark((std::string("igemm/") + s.name).c_str(),
                                     [&s](benchmark::State& state) { run_int8(state, s); });
    }
    kernel::for_each_supported(kernel::pack_bits_list<>, arch::detect(), [&](const auto& k) {
        benchmark::RegisterBenchmark((std::string("pack_bits/28x28x128/") + k.name).c_str(),
                                     [&k](benchmark::State& state) { pack(state, k); });
    });
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
