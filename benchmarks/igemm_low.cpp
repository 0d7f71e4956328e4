// SPDX-License-Identifier: MIT
// Weights of fewer than eight bits beside int8 weights: the same layer, the same instruction set, one run.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include <pith/arch/detect.hpp>
#include <pith/kernel/igemm.hpp>
#include <pith/kernel/igemm_low.hpp>

#include "igemm_layer.hpp"
#include "timing.hpp"

using namespace pith;

namespace {

constexpr benchmarks::conv_shape shapes[] = {
    {"resnet20/conv1", 32, 32, 3, 16, 3, 3},
    {"resnet20/stage1", 32, 32, 16, 16, 3, 3},
    {"resnet20/stage2", 16, 16, 32, 32, 3, 3},
    {"resnet20/stage3_down", 8, 8, 32, 64, 3, 3, 2},
    {"resnet20/stage3", 8, 8, 64, 64, 3, 3},
    {"mobilenet025/point4", 12, 12, 32, 64},
    {"mobilenet025/point7", 6, 6, 128, 128},
    {"mobilenet025/point13", 3, 3, 256, 256},
    {"vgg/conv2", 32, 32, 128, 128, 3, 3},
    {"vgg/conv6", 8, 8, 512, 512, 3, 3},
    {"gemm/128x1024x1024", 1, 128, 1024, 1024},
    {"gemm/64x4096x1000", 1, 64, 4096, 1000},
    {"dense/64x10", 1, 1, 64, 10},
    {"dense/784x300", 1, 1, 784, 300},
    {"dense/4096x1000", 1, 1, 4096, 1000},
};

void run(benchmark::State& state, const benchmarks::conv_shape& shape,
         const kernel::entry<kernel::igemm_args>& k) {
    benchmarks::igemm_layer l = benchmarks::make_layer(shape);
    benchmarks::time_if_equal(
        state, {"GOP/s", 2 * shape.macs()}, l.output.data(), l.output.bytes().size(), [&] { k.run(l.args); },
        [&] { kernel::portable::igemm(l.args); });
}

/// A layer whose weights are packed again in `bits` bits; the numbers do not matter.
void run_low(benchmark::State& state, const benchmarks::conv_shape& shape,
             const kernel::entry<kernel::igemm_low_args>& k, unsigned bits, bool listed) {
    benchmarks::igemm_layer l = benchmarks::make_layer(shape);
    std::vector<std::int8_t> levels(std::size_t{1} << bits);
    for (std::size_t i = 0; i < levels.size(); ++i)
        levels[i] = static_cast<std::int8_t>(255 * i / levels.size() - 127);
    const auto lowest = static_cast<std::int8_t>(-(1 << (bits - 1)));
    const kernel::igemm_low_args a{l.args,
                                   reinterpret_cast<const std::uint8_t*>(l.args.weights),
                                   {static_cast<std::uint8_t>(bits), listed ? std::int8_t{0} : lowest,
                                    listed ? levels.data() : nullptr}};
    benchmarks::time_if_equal(
        state, {"GOP/s", 2 * shape.macs()}, l.output.data(), l.output.bytes().size(), [&] { k.run(a); },
        [&] { kernel::portable::igemm_low(a); });
}

} // namespace

int main(int argc, char** argv) {
    const auto have = arch::detect();
    for (const auto& shape : shapes)
        kernel::for_each_supported(kernel::igemm_low_list<>, have, [&](const auto& low) {
            const std::string name = std::string("igemm_low/") + shape.name + "/" + low.name;
            const auto& k = kernel::best_for(kernel::igemm_list<>, low.needs, low.reads);
            benchmark::RegisterBenchmark((name + "/int8").c_str(),
                                         [&](benchmark::State& s) { run(s, shape, k); });
            for (unsigned bits = 1; bits <= 7; ++bits)
                for (const bool listed : {false, true})
                    benchmark::RegisterBenchmark(
                        (name + "/" + std::to_string(bits) + (listed ? "bit_levels" : "bit")).c_str(),
                        [&, bits, listed](benchmark::State& s) { run_low(s, shape, low, bits, listed); });
        });
    return benchmarks::run_all(argc, argv);
}
