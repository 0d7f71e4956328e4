// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_QUANTIZED_INTEGER_HPP
#define PITH_IO_ONNX_OPS_QUANTIZED_INTEGER_HPP
/// Products of whole numbers: computed in floating point in parts that are exact, and added as integers.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ops_conv.hpp"
#include "ops_dense.hpp"
#include "ops_quantized.hpp"
#include "quantize_linear.hpp"

namespace pith::io::onnx {

namespace detail {

/// Sums below this are exact in float, in whichever order.
inline constexpr double exact_sums = 16777216.0;

/// Input `at` minus its zero point at `zero_at`, whole numbers as real ones.
template <class G>
[[nodiscard]] operand steps_at(call<G>& c, std::size_t at, std::size_t zero_at, std::int64_t axis) {
    code_operands by{c.make.scalar(1.0), std::nullopt, c.raw(at).type, axis, 0};
    if (c.has(zero_at))
        by.zero = without_codes(c, c.in(zero_at));
    if (by.zero && by.zero->dims.elements() > 1) // one scale per zero point
        by.scale = expand_to(c, by.scale, by.zero->dims);
    return decoded(c, without_codes(c, c.raw(at)), by);
}

/// The greatest magnitude of a step of an operand of this type, beside a zero point of the same type.
template <class G>
[[nodiscard]] double greatest_step(const call<G>& c, const operand& x, format::dtype type) {
    if (const auto* t = c.make.net[x.id].reals()) {
        double most = 0;
        for (const scalar_of<G> v : t->data())
            most = std::max(most, std::abs(static_cast<double>(v)));
        return most;
    }
    const auto range = codes_of_type(type);
    c.expect(range.has_value(), errc::unsupported, "products are only computed of 4, 8 and 16 bit codes");
    return range->highest - range->lowest;
}

/// Elements [first, first + count) along an axis of the model.
template <class G>
[[nodiscard]] operand stretch(call<G>& c, const operand& x, std::size_t axis, std::int64_t first,
                              std::int64_t count) {
    const std::size_t at = stored_axis(x.order, axis);
    const shape lies = c.make.net[x.id].dims;
    slice cut{std::vector<std::int64_t>(lies.rank(), 0),
              {lies.begin(), lies.end()},
              std::vector<std::int64_t>(lies.rank(), 1)};
    cut.begins[at] = first;
    cut.sizes[at] = count;
    return c.stored(c.make.emit(std::move(cut), {x.id}), x.order);
}

/// The product of a and b, summed over `a_axis` and `b_axis`, as int32. @param taps products per step along
/// the axes
template <class G>
[[nodiscard]] operand exact_product(call<G>& c, handler<G> import, operand a, operand b, std::size_t a_axis,
                                    std::size_t b_axis, std::int64_t taps) {
    a = c.make.unmixed(a);
    b = c.make.unmixed(b);
    const double most = greatest_step(c, a, c.raw(0).type) * greatest_step(c, b, c.raw(1).type);
    const std::int64_t depth = b.dims[b_axis];
    const double fit = most > 0 ? std::floor((exact_sums - 1) / (most * static_cast<double>(taps)))
                                : static_cast<double>(depth);
    c.expect(fit >= 1, errc::unsupported, "a sum of products may leave the 24 bits in which it is exact");
    if (fit >= static_cast<double>(depth))
        return apply_cast(c, c.output_of(import, {a, b}), format::dtype::i32);
    c.expect(a.dims[a_axis] == depth, errc::unsupported,
             "a sum of products in groups may leave the 24 bits in which it is exact");
    std::optional<operand> sum;
    const auto step = static_cast<std::int64_t>(fit);
    c.expect(depth / step < 1024, errc::unsupported, "a sum of products has too many exact parts");
    for (std::int64_t first = 0; first < depth; first += step) {
        const std::int64_t count = std::min(step, depth - first);
        const operand y = apply_cast(
            c,
            c.output_of(import, {stretch(c, a, a_axis, first, count), stretch(c, b, b_axis, first, count)}),
            format::dtype::i32);
        sum = sum ? combine(c, binary_op::add, *sum, y) : y;
    }
    return *sum;
}

} // namespace detail

template <class G>
void import_conv_integer(call<G>& c) {
    const operand x = detail::steps_at(c, 0, 2, 1);
    const operand w = detail::steps_at(c, 1, 3, 0);
    c.expect(x.dims.rank() >= 3 && w.dims.rank() == x.dims.rank(), errc::bad_shape,
             "image and weights have different numbers of axes");
    const std::int64_t taps = w.dims.product(2, w.dims.rank());
    c.out(0, detail::exact_product(c, &import_conv<G>, x, w, 1, 1, std::max<std::int64_t>(taps, 1)));
}

template <class G>
void import_matmul_integer(call<G>& c) {
    const operand a = detail::steps_at(c, 0, 2, -2);
    const operand b = detail::steps_at(c, 1, 3, -1);
    c.expect(a.dims.rank() > 0 && b.dims.rank() > 0, errc::bad_shape,
             "a matrix product needs vectors or matrices");
    const std::size_t row = b.dims.rank() == 1 ? 0 : b.dims.rank() - 2;
    c.out(0, detail::exact_product(c, &import_matmul<G>, a, b, a.dims.rank() - 1, row, 1));
}

namespace detail {

/// a times b, and the bias at input `bias` where it is given, as real numbers.
template <class G>
void out_real_product(call<G>& c, const operand& a, const operand& b, std::size_t bias) {
    operand y = c.output_of(&import_matmul<G>, {a, b});
    if (c.has(bias))
        y = combine(c, binary_op::add, y, c.raw(bias));
    c.out(0, y);
}

} // namespace detail

/// inputs: A, B, a_scale, b_scale, a_zero_point, b_zero_point, bias.
template <class G>
void import_matmul_integer_to_float(call<G>& c) {
    const auto by = [&](std::size_t scale, std::size_t zero, std::int64_t axis) {
        code_operands o{without_codes(c, c.in(scale)), std::nullopt, format::dtype::u8, axis, 0};
        if (c.has(zero))
            o.zero = without_codes(c, c.in(zero));
        return o;
    };
    const operand a = decoded(c, c.raw(0), by(2, 4, -2));
    detail::out_real_product(c, a, decoded(c, c.raw(1), by(3, 5, -1)), 6);
}

/// inputs: A (real), B, b_scale, b_zero_point, bias.
template <class G>
void import_dynamic_matmul(call<G>& c) {
    const auto x = detail::dynamically_quantised(c, c.in(0));
    const operand a = decoded(c, x.codes, {x.scale, x.zero, format::dtype::u8, 1, 0});
    detail::out_real_product(c, a, detail::real_at(c, 1, -1), 4);
}

template <class G>
inline constexpr operator_entry<G> integer_operators[] = {
    {"ConvInteger", &import_conv_integer<G>},
    {"MatMulInteger", &import_matmul_integer<G>},
    {"MatMulIntegerToFloat", &import_matmul_integer_to_float<G>, detail::runtime_domain},
    {"DynamicQuantizeMatMul", &import_dynamic_matmul<G>, detail::runtime_domain},
};

} // namespace pith::io::onnx

#endif
