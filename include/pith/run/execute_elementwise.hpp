// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_EXECUTE_ELEMENTWISE_HPP
#define PITH_RUN_EXECUTE_ELEMENTWISE_HPP
/// Runs element-wise operations, pools, softmax, reductions and products.

#include <cstddef>
#include <cstdint>

#include "execution.hpp"

namespace pith::run::detail {

/// Runs an operation of one operand row by row. @param set writes Args beyond input, output and rows
template <class Args, class From, class To, class Set>
void run_rows(const execution& x, const op_record& op, const kernel::entry<Args>& k,
              const Set& set) noexcept {
    const tensor_record in = x.program.tensor(op.input);
    const tensor_record out = x.program.tensor(op.output);
    const row_walk walk(in, !has_border(in) && !has_border(out));
    Args a;
    set(a, in, out);
    a.rows = walk.rows;
    a.count = walk.count;
    a.input_row_stride = static_cast<std::ptrdiff_t>(row_stride(in));
    a.output_row_stride = static_cast<std::ptrdiff_t>(row_stride(out));
    for (std::uint32_t image = 0; image < walk.images; ++image) {
        a.input = x.read<From>(in) + image_start(in, image);
        a.output = x.write<To>(out) + image_start(out, image);
        k.run(a);
    }
}

inline void run_quantize(const execution& x, op_view op) noexcept {
    const auto r = op.as<quantize_record>();
    run_rows<kernel::quantize_args, float, std::uint8_t>(
        x, r.op, *x.kernels.quantize,
        [&](kernel::quantize_args& a, const tensor_record&, const tensor_record& out) {
            a.to = affine_of(out, r.lowest, r.highest);
        });
}

inline void run_dequantize(const execution& x, op_view op) noexcept {
    run_rows<kernel::dequantize_args, std::uint8_t, float>(
        x, op.head(), *x.kernels.dequantize,
        [](kernel::dequantize_args& a, const tensor_record& in, const tensor_record&) {
            a.from = affine_of(in);
        });
}

inline void run_table_u8(const execution& x, op_view op) noexcept {
    const auto r = op.as<table_record>();
    run_rows<kernel::table_u8_args, std::uint8_t, std::uint8_t>(
        x, r.op, *x.kernels.table_u8,
        [&](kernel::table_u8_args& a, const tensor_record&, const tensor_record&) {
            a.table = x.constant<std::uint8_t>(r.table);
        });
}

inline void run_unary_f32(const execution& x, op_view op) noexcept {
    const auto r = op.as<unary_record>();
    run_rows<kernel::unary_f32_args, float, float>(
        x, r.op, *x.kernels.unary_f32,
        [&](kernel::unary_f32_args& a, const tensor_record&, const tensor_record&) {
            a.op = static_cast<format::unary_op>(r.function);
            a.alpha = r.alpha;
            a.beta = r.beta;
        });
}

[[nodiscard]] inline kernel::codes_operand operand_of(const execution& x, const tensor_record& t,
                                                      operand_repeat repeat, std::uint32_t image) noexcept {
    kernel::codes_operand o;
    o.data = x.read<std::uint8_t>(t);
    if (repeat == operand_repeat::none) {
        o.data += image_start(t, image);
        o.row_stride = static_cast<std::ptrdiff_t>(row_stride(t));
    } else {
        o.period = repeat == operand_repeat::scalar ? 1 : t.dims[3];
    }
    return o;
}

inline void run_binary_u8(const execution& x, op_view op) noexcept {
    const auto r = op.as<codes_binary_record>();
    const tensor_record a = x.program.tensor(r.op.input);
    const tensor_record b = x.program.tensor(r.op.second);
    const tensor_record out = x.program.tensor(r.op.output);
    const auto a_repeat = static_cast<operand_repeat>(r.repeats & 15);
    const auto b_repeat = static_cast<operand_repeat>(r.repeats >> 4);
    const row_walk walk(out, !has_border(a) && !has_border(b) && !has_border(out));
    const auto fill = [&](auto& args, std::uint32_t image) {
        args.a = operand_of(x, a, a_repeat, image);
        args.b = operand_of(x, b, b_repeat, image);
        args.output = x.write<std::uint8_t>(out) + image_start(out, image);
        args.rows = walk.rows;
        args.count = walk.count;
        args.output_row_stride = static_cast<std::ptrdiff_t>(row_stride(out));
        args.lowest = r.lowest;
        args.highest = r.highest;
        args.moved = (r.function & on_int8_codes) != 0 ? 128 : 0;
    };
    const auto function = static_cast<format::binary_op>(r.function & ~on_int8_codes);
    for (std::uint32_t image = 0; image < walk.images; ++image) {
        if (function == format::binary_op::add) {
            kernel::add_u8_args args;
            fill(args, image);
            args.factors = {r.factors[0], r.factors[1], r.factors[2]};
            x.kernels.add_u8->run(args);
        } else {
            kernel::mul_u8_args args;
            fill(args, image);
            args.a_zero = a.zero;
            args.b_zero = b.zero;
            args.factor = r.factors[0];
            args.zero = out.zero;
            x.kernels.mul_u8->run(args);
        }
    }
}

inline void run_binary_f32(const execution& x, op_view op) noexcept {
    using record = real_binary_record;
    const auto r = op.as<record>();
    kernel::binary_f32_args a;
    a.op = static_cast<format::binary_op>(r.function);
    a.a = x.read<float>(x.program.tensor(r.op.input));
    a.b = x.read<float>(x.program.tensor(r.op.second));
    a.output = x.write<float>(x.program.tensor(r.op.output));
    a.rank = r.rank;
    for (std::size_t i = 0; i < r.rank; ++i) {
        a.sizes[i] = op.word<record>(i);
        a.a_strides[i] = op.step<record>(r.rank + i);
        a.b_strides[i] = op.step<record>(2 * std::size_t{r.rank} + i);
        a.output_strides[i] = op.step<record>(3 * std::size_t{r.rank} + i);
    }
    a.low = r.low;
    a.high = r.high;
    x.kernels.binary_f32->run(a);
}

[[nodiscard]] inline kernel::pool_geometry pool_geometry_of(const pool_record& r, const tensor_record& in,
                                                            const tensor_record& out) noexcept {
    kernel::pool_geometry g;
    g.input_rows = in.dims[1];
    g.input_columns = in.dims[2];
    g.output_rows = out.dims[1];
    g.output_columns = out.dims[2];
    g.channels = in.dims[3];
    for (std::size_t i = 0; i < 2; ++i) {
        g.kernel[i] = r.kernel[i];
        g.strides[i] = r.strides[i];
        g.dilations[i] = r.dilations[i];
    }
    for (std::size_t i = 0; i < 4; ++i)
        g.pads[i] = r.pads[i];
    g.input_strides = strides_of(in);
    g.output_strides = strides_of(out);
    return g;
}

/// @param set writes Args beyond input, output and geometry
template <class T, class Args, class Set>
void run_windows(const execution& x, const pool_record& r, const tensor_record& in, const tensor_record& out,
                 const kernel::entry<Args>& k, const Set& set) noexcept {
    Args a;
    a.over = pool_geometry_of(r, in, out);
    set(a);
    for (std::uint32_t image = 0; image < out.dims[0]; ++image) {
        a.input = x.read<T>(in) + image_start(in, image);
        a.output = x.write<T>(out) + image_start(out, image);
        k.run(a);
    }
}

inline void run_whole_average(const execution& x, const pool_record& r, const tensor_record& in,
                              const tensor_record& out) noexcept {
    kernel::global_average_u8_args a;
    a.rows = in.dims[1];
    a.columns = in.dims[2];
    a.channels = in.dims[3];
    a.input_strides = strides_of(in);
    a.input_zero = in.zero;
    a.factor = r.factor;
    a.zero = out.zero;
    a.lowest = r.lowest;
    a.highest = r.highest;
    for (std::uint32_t image = 0; image < out.dims[0]; ++image) {
        a.input = x.read<std::uint8_t>(in) + image_start(in, image);
        a.output = x.write<std::uint8_t>(out) + image_start(out, image);
        x.kernels.global_average_u8->run(a);
    }
}

inline void run_pool(const execution& x, op_view op) noexcept {
    const auto r = op.as<pool_record>();
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    const bool codes = type_of(in) == format::dtype::u8;
    const bool int8 = r.function == static_cast<std::uint8_t>(pool_function::average_int8);
    const auto nothing = [](auto&) {};
    switch (static_cast<pool_function>(r.function)) {
    case pool_function::max:
        if (codes)
            run_windows<std::uint8_t>(x, r, in, out, *x.kernels.max_pool_u8, nothing);
        else
            run_windows<float>(x, r, in, out, *x.kernels.max_pool_f32, nothing);
        return;
    case pool_function::average:
    case pool_function::average_int8:
        if (codes)
            run_windows<std::uint8_t>(x, r, in, out, *x.kernels.average_pool_u8,
                                      [&](kernel::average_pool_u8_args& a) {
                                          a.count_padding = r.count_padding != 0;
                                          a.from = affine_of(in);
                                          a.to = affine_of(out, r.lowest, r.highest);
                                          a.to.moved = int8 ? 128 : 0;
                                      });
        else
            run_windows<float>(
                x, r, in, out, *x.kernels.average_pool_f32,
                [&](kernel::average_pool_f32_args& a) { a.count_padding = r.count_padding != 0; });
        return;
    case pool_function::whole_average:
        run_whole_average(x, r, in, out);
        return;
    }
}

inline void run_softmax(const execution& x, op_view op) noexcept {
    const auto r = op.as<softmax_record>();
    const tensor_record in = x.program.tensor(r.op.input);
    const tensor_record out = x.program.tensor(r.op.output);
    if (type_of(in) == format::dtype::f32) {
        kernel::softmax_f32_args a;
        a.input = x.read<float>(in);
        a.output = x.write<float>(out);
        a.outer = r.outer;
        a.size = r.size;
        a.inner = r.inner;
        a.log = r.log != 0;
        x.kernels.softmax_f32->run(a);
        return;
    }
    kernel::softmax_u8_args a;
    a.input = x.read<std::uint8_t>(in);
    a.output = x.write<std::uint8_t>(out);
    a.outer = r.outer;
    a.size = r.size;
    a.inner = r.inner;
    a.table = x.constant<float>(r.table);
    a.levels = r.levels;
    a.zero = out.zero;
    a.lowest = r.lowest;
    a.highest = r.highest;
    x.kernels.softmax_u8->run(a);
}

inline void run_reduce(const execution& x, op_view op) noexcept {
    const auto r = op.as<reduce_record>();
    kernel::reduce_f32_args a;
    a.op = static_cast<format::reduce_op>(r.function);
    a.input = x.read<float>(x.program.tensor(r.op.input));
    a.output = x.write<float>(x.program.tensor(r.op.output));
    a.outer = r.outer;
    a.size = r.size;
    a.inner = r.inner;
    x.kernels.reduce_f32->run(a);
}

inline void run_matmul(const execution& x, op_view op) noexcept {
    using record = matmul_record;
    const auto r = op.as<record>();
    kernel::matmul_f32_args a;
    a.a = x.read<float>(x.program.tensor(r.op.input));
    a.b = x.read<float>(x.program.tensor(r.op.second));
    a.output = x.write<float>(x.program.tensor(r.op.output));
    a.m = r.m;
    a.k = r.k;
    a.n = r.n;
    a.rank = r.rank;
    for (std::size_t i = 0; i < r.rank; ++i) {
        a.sizes[i] = op.word<record>(i);
        a.a_strides[i] = op.step<record>(r.rank + i);
        a.b_strides[i] = op.step<record>(2 * std::size_t{r.rank} + i);
    }
    x.kernels.matmul_f32->run(a);
}

} // namespace pith::run::detail

#endif
