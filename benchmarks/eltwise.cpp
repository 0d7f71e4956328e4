// SPDX-License-Identifier: MIT
// Element-wise operations: every kernel of the lists this processor has, on a 32 x 32 x 16 image.
#include <benchmark/benchmark.h>

#include <string>

#include <pith/arch/detect.hpp>
#include <pith/kernel/eltwise.hpp>

#include "operands.hpp"
#include "timing.hpp"

using namespace pith;
using benchmarks::operand;

namespace {

constexpr std::size_t elements = 32 * 32 * 16;

/// Times each kernel of `list` once it has given the portable kernel's bytes. `make` fills in the operands.
template <class T, class Args, std::size_t N>
void add(const char* name, const kernel::entry<Args> (&list)[N], Args args) {
    kernel::for_each_supported(list, arch::detect(), [&](const auto& k) {
        benchmark::RegisterBenchmark((std::string("eltwise/") + name + "/" + k.name).c_str(),
                                     [args, &k, &list](benchmark::State& state) {
                                         operand<T> output(elements);
                                         Args a = args;
                                         a.output = output.data();
                                         benchmarks::time_if_equal(
                                             state, {"Gelements/s", static_cast<double>(elements)},
                                             output.data(), elements * sizeof(T), [&] { k.run(a); },
                                             [&] { list[N - 1].run(a); });
                                     });
    });
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

    kernel::unary_f32_args relu;
    relu.op = format::unary_op::relu;
    relu.input = reals.data();
    relu.count = elements;
    add<float>("relu_f32", kernel::unary_f32_list<>, relu);

    kernel::binary_f32_args binary;
    binary.a = reals.data();
    binary.b = others.data();
    binary.rank = 2;
    binary.sizes[0] = elements / 16;
    binary.sizes[1] = 16;
    binary.a_strides[0] = binary.b_strides[0] = binary.output_strides[0] = 16;
    binary.a_strides[1] = binary.b_strides[1] = binary.output_strides[1] = 1;
    add<float>("add_f32", kernel::binary_f32_list<>, binary);
    binary.b_strides[0] = 0;
    add<float>("add_f32_channels", kernel::binary_f32_list<>, binary);

    return benchmarks::run_all(argc, argv);
}
