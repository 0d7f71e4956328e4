// SPDX-License-Identifier: MIT
// Pooling: every kernel of the lists this processor has, on images of real networks.
#include <benchmark/benchmark.h>

#include <string>

#include <pith/arch/detect.hpp>
#include <pith/kernel/pool.hpp>

#include "operands.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

struct image {
    const char* name;
    std::uint32_t size, channels, kernel, stride, pad;
};

constexpr image images[] = {
    {"lenet/24x24x20", 24, 20, 2, 2, 0},
    {"vgg/32x32x128", 32, 128, 2, 2, 0},
    {"resnet50/112x112x64", 112, 64, 3, 2, 1},
    {"resnet8/8x8x64", 8, 64, 8, 8, 0},
};

kernel::pool_geometry geometry(const image& i) {
    kernel::pool_geometry g;
    g.input_rows = g.input_columns = i.size;
    g.output_rows = g.output_columns = (i.size + 2 * i.pad - i.kernel) / i.stride + 1;
    g.channels = i.channels;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        g.kernel[axis] = i.kernel;
        g.strides[axis] = i.stride;
        g.pads[axis] = g.pads[axis + 2] = i.pad;
    }
    g.input_strides = {static_cast<std::ptrdiff_t>(i.size * i.channels),
                       static_cast<std::ptrdiff_t>(i.channels)};
    g.output_strides = {static_cast<std::ptrdiff_t>(g.output_columns * i.channels),
                        static_cast<std::ptrdiff_t>(i.channels)};
    return g;
}

/// Times each kernel of `list` once it has given the portable kernel's bytes.
template <class T, class Args, std::size_t N>
void add(const char* name, const image& i, std::size_t outputs, const kernel::entry<Args> (&list)[N],
         Args args) {
    kernel::for_each_supported(list, arch::detect(), [&](const auto& k) {
        benchmark::RegisterBenchmark((std::string("pool/") + name + "/" + i.name + "/" + k.name).c_str(),
                                     [args, outputs, &i, &k, &list](benchmark::State& state) {
                                         operand<T> input(std::size_t{i.size} * i.size * i.channels);
                                         operand<T> output(outputs);
                                         Args a = args;
                                         a.input = input.data();
                                         a.output = output.data();
                                         const double taps =
                                             static_cast<double>(outputs) * i.kernel * i.kernel;
                                         benchmarks::time_if_equal(
                                             state, {"Gtaps/s", taps}, output.data(), outputs * sizeof(T),
                                             [&] { k.run(a); }, [&] { list[N - 1].run(a); });
                                     });
    });
}

} // namespace

int main(int argc, char** argv) {
    for (const auto& i : images) {
        const kernel::pool_geometry g = geometry(i);
        const std::size_t outputs = std::size_t{g.output_rows} * g.output_columns * g.channels;
        kernel::max_pool_u8_args max_codes;
        max_codes.over = g;
        add<std::uint8_t>("max_u8", i, outputs, kernel::max_pool_u8_list<>, max_codes);
        kernel::max_pool_f32_args max_reals;
        max_reals.over = g;
        add<float>("max_f32", i, outputs, kernel::max_pool_f32_list<>, max_reals);
        kernel::average_pool_f32_args mean_reals;
        mean_reals.over = g;
        add<float>("average_f32", i, outputs, kernel::average_pool_f32_list<>, mean_reals);
        kernel::average_pool_u8_args mean_codes;
        mean_codes.over = g;
        mean_codes.from = {.scale = 0.02f, .zero = 7};
        mean_codes.to = {.scale = 0.02f, .zero = 7};
        add<std::uint8_t>("average_u8", i, outputs, kernel::average_pool_u8_list<>, mean_codes);
        kernel::global_average_u8_args whole;
        whole.rows = whole.columns = i.size;
        whole.channels = i.channels;
        whole.input_strides = g.input_strides;
        whole.factor =
            format::global_average_factor(0.02f, 0.01f, static_cast<std::int32_t>(i.size * i.size));
        add<std::uint8_t>("global_average_u8", i, i.channels, kernel::global_average_u8_list<>, whole);
    }
    return benchmarks::run_all(argc, argv);
}
