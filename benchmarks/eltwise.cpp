// SPDX-License-Identifier: MIT
// Element-wise operations: every kernel of the lists this processor has, on a 32 x 32 x 16 image.
#include <benchmark/benchmark.h>

#include <string>
#include <type_traits>
#include <utility>

#include <pith/arch/detect.hpp>
#include <pith/kernel/eltwise.hpp>

#include "operands.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

constexpr std::size_t elements = 32 * 32 * 16;

/// Times each kernel of `list` once it has given the portable kernel's bytes, or reals next to its own.
/// `args` has the operands.
template <class T, class Args, std::size_t N>
void add(const std::string& name, const kernel::entry<Args> (&list)[N], Args args) {
    kernel::for_each_supported(list, arch::detect(), [&](const auto& k) {
        const auto run = [args, &k, &list](benchmark::State& state) {
            constexpr benchmarks::rate unit{"Gelements/s", elements};
            operand<T> output(elements);
            Args a = args;
            a.output = output.data();
            const auto timed = [&] { k.run(a); };
            const auto portable = [&] { list[N - 1].run(a); };
            if constexpr (std::is_same_v<T, float>)
                benchmarks::time_if_near(state, unit, output.data(), elements, 1e-6f, timed, portable);
            else
                benchmarks::time_if_equal(state, unit, output.data(), elements, timed, portable);
        };
        benchmark::RegisterBenchmark(("eltwise/" + name + "/" + k.name).c_str(), run);
    });
}

/// The functions of one number that vector kernels compute by themselves.
void add_functions(const float* input) {
    using enum format::unary_op;
    kernel::unary_f32_args a;
    a.input = input;
    a.count = elements;
    a.alpha = 0.2f;
    a.beta = 0.5f;
    for (const auto& [op, name] : {std::pair{relu, "relu_f32"},
                                   {clip, "clip_f32"},
                                   {hard_sigmoid, "hard_sigmoid_f32"},
                                   {hard_swish, "hard_swish_f32"}}) {
        a.op = op;
        add<float>(name, kernel::unary_f32_list<>, a);
    }
}

/// Of two images, and of an image and one number for each channel.
void add_arithmetic(const float* a, const float* b) {
    kernel::binary_f32_args args;
    args.a = a;
    args.b = b;
    args.rank = 2;
    args.sizes[0] = elements / 16;
    args.sizes[1] = 16;
    args.a_strides[0] = args.b_strides[0] = args.output_strides[0] = 16;
    args.a_strides[1] = args.b_strides[1] = args.output_strides[1] = 1;
    for (const auto& [op, name] : {std::pair{format::binary_op::add, "add_f32"},
                                   {format::binary_op::sub, "sub_f32"},
                                   {format::binary_op::mul, "mul_f32"},
                                   {format::binary_op::div, "div_f32"}}) {
        args.op = op;
        args.b_strides[0] = 16;
        add<float>(name, kernel::binary_f32_list<>, args);
        args.b_strides[0] = 0;
        add<float>(std::string(name) + "_channels", kernel::binary_f32_list<>, args);
    }
}

} // namespace

int main(int argc, char** argv) {
    operand<float> reals(elements), others(elements);
    operand<std::uint8_t> codes(elements), table(256);

    kernel::quantize_args quantize;
    quantize.input = reals.data();
    quantize.count = elements;
    quantize.to = {.scale = 0.01f, .zero = 120};
    add<std::uint8_t>("quantize", kernel::quantize_list<>, quantize);

    kernel::dequantize_args dequantize;
    dequantize.input = codes.data();
    dequantize.count = elements;
    dequantize.from = quantize.to;
    add<float>("dequantize", kernel::dequantize_list<>, dequantize);

    kernel::table_u8_args look_up;
    look_up.input = codes.data();
    look_up.count = elements;
    look_up.table = table.data();
    add<std::uint8_t>("table_u8", kernel::table_u8_list<>, look_up);

    kernel::add_u8_args sum;
    sum.a.data = codes.data();
    sum.b.data = codes.data();
    sum.count = elements;
    sum.factors = format::make_add_factors(0.1f, 3, 0.2f, 5, 0.25f, 7);
    add<std::uint8_t>("add_u8", kernel::add_u8_list<>, sum);
    sum.b.period = 16;
    add<std::uint8_t>("add_u8_channels", kernel::add_u8_list<>, sum);

    kernel::mul_u8_args product;
    product.a.data = codes.data();
    product.b.data = codes.data();
    product.count = elements;
    product.factor = 0.004f;
    product.zero = 9;
    add<std::uint8_t>("mul_u8", kernel::mul_u8_list<>, product);

    add_functions(reals.data());
    add_arithmetic(reals.data(), others.data());

    return benchmarks::run_all(argc, argv);
}
