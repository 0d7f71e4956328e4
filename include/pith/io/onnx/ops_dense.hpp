// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_DENSE_HPP
#define PITH_IO_ONNX_OPS_DENSE_HPP
/// Matrix products: dense layers where one side is constant, products of two activations elsewhere.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "steps.hpp"

namespace pith::io::onnx {

namespace detail {

/// x [..., in] times constant weights, given as an operand [out, in] in the model's order.
template <class G>
[[nodiscard]] operand multiply_dense(call<G>& c, const operand& source, operand weights, value_id bias) {
    operand x = source;
    if (x.mixed) {
        weights = mix_constant(c, weights, *x.mixed);
        x.mixed.reset();
    }
    const auto last = static_cast<std::int8_t>(x.dims.rank() - 1);
    if (x.order.back() != last)
        x = c.make.arranged(x, identity_layout(x.dims.rank()));
    std::vector<value_id> inputs{x.id, c.make.place(weights)};
    if (bias != no_value)
        inputs.push_back(bias);
    return c.stored(c.make.emit(dense{}, std::move(inputs)), x.order);
}

/// a [..., m, k] times b [..., k, n], vectors as NumPy has it.
template <class G>
[[nodiscard]] operand multiply_matrices(call<G>& c, const operand& a, const operand& b) {
    const auto with = [&](const operand& x, bool in_front) {
        shape dims = x.dims;
        if (in_front)
            dims = {1, x.dims[0]};
        else if (x.dims.rank() == 1)
            dims = {x.dims[0], 1};
        return c.make.reshaped(c.make.place(x), dims);
    };
    const bool row = a.dims.rank() == 1;
    const bool column = b.dims.rank() == 1;
    operand y = c.plain(c.make.emit(matmul{}, {with(a, row), with(b, false)}));
    if (!row && !column)
        return y;
    shape dims;
    for (std::size_t i = 0; i < y.dims.rank(); ++i)
        if (!(row && i + 2 == y.dims.rank()) && !(column && i + 1 == y.dims.rank()))
            dims.push_back(y.dims[i]);
    return reshape_to(c, y, dims);
}

/// Whether `bias` is one number per column, and constant: then it becomes part of the layer.
template <class G>
[[nodiscard]] bool is_row(const call<G>& c, const operand& bias, std::int64_t columns) {
    const shape& dims = bias.dims;
    return c.make.is_constant(bias) && dims.elements() == (dims.rank() == 0 ? 1 : dims.back()) &&
           (dims.elements() == columns || dims.elements() == 1);
}

template <class G>
[[nodiscard]] value_id row_bias(call<G>& c, const operand& bias, std::int64_t columns, float beta) {
    operand b = c.plain(c.make.place(bias));
    if (beta != 1.F)
        b = combine(c, binary_op::mul, b, beta);
    if (b.dims.elements() != columns)
        return c.make.emit(expand{{columns}}, {c.make.reshaped(b.id, {1})});
    return c.make.reshaped(b.id, {columns});
}

} // namespace detail

template <class G>
void import_matmul(call<G>& c) {
    const operand& a = c.raw(0);
    const operand b = c.in(1);
    c.expect(a.dims.rank() > 0 && b.dims.rank() > 0, errc::bad_shape,
             "a matrix product needs vectors or matrices");
    const bool layer =
        b.dims.rank() == 2 && c.make.is_constant(b) && is_real(b.type) && !c.make.is_constant(a);
    c.out(0, layer ? detail::multiply_dense(c, a, transpose_to(c, b, {1, 0}), no_value)
                   : detail::multiply_matrices(c, c.in(0), b));
}

template <class G>
void import_gemm(call<G>& c) {
    const float alpha = c.real("alpha", 1.F);
    const float beta = c.real("beta", 1.F);
    const bool flip_a = c.whole("transA", 0) != 0;
    const bool flip_b = c.whole("transB", 0) != 0;
    c.expect(c.raw(0).dims.rank() == 2 && c.raw(1).dims.rank() == 2, errc::bad_shape, "Gemm needs matrices");
    const operand a = flip_a ? transpose_to(c, c.in(0), {1, 0}) : c.raw(0);
    operand b = c.in(1);
    const std::int64_t columns = b.dims[flip_b ? 0 : 1];
    operand y;
    bool with_bias = c.has(2);
    if (c.make.is_constant(b) && !c.make.is_constant(a)) {
        if (!flip_b)
            b = transpose_to(c, b, {1, 0});
        if (alpha != 1.F)
            b = combine(c, binary_op::mul, b, alpha);
        value_id bias = no_value;
        if (with_bias && detail::is_row(c, c.in(2), columns)) {
            bias = detail::row_bias(c, c.in(2), columns, beta);
            with_bias = false;
        }
        y = detail::multiply_dense(c, a, b, bias);
    } else {
        y = detail::multiply_matrices(c, c.make.unmixed(a), flip_b ? transpose_to(c, b, {1, 0}) : b);
        if (alpha != 1.F)
            y = combine(c, binary_op::mul, y, alpha);
    }
    if (with_bias) {
        operand bias = c.in(2);
        if (beta != 1.F)
            bias = combine(c, binary_op::mul, bias, beta);
        y = combine(c, binary_op::add, y, bias);
    }
    c.out(0, y);
}

template <class G>
inline constexpr operator_entry<G> dense_operators[] = {
    {"MatMul", &import_matmul<G>},
    {"Gemm", &import_gemm<G>},
};

} // namespace pith::io::onnx

#endif
