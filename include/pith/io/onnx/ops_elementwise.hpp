// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_ELEMENTWISE_HPP
#define PITH_IO_ONNX_OPS_ELEMENTWISE_HPP
/// Element-wise operators: activations, mathematics, arithmetic with broadcasting.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "steps.hpp"

namespace pith::io::onnx {

template <class G, unary_op Op>
void import_unary(call<G>& c) {
    c.out(0, apply(c, {Op}, c.raw(0)));
}

/// An activation with attributes alpha and beta.
template <class G, unary_op Op>
void import_activation(call<G>& c) {
    constexpr float alpha = Op == unary_op::leaky_relu ? 0.01F : Op == unary_op::hard_sigmoid ? 0.2F : 1.F;
    c.out(0, apply(c, {Op, c.real("alpha", alpha), c.real("beta", 0.5F)}, c.raw(0)));
}

template <class G>
void import_selu(call<G>& c) {
    c.out(0, apply(c,
                   {unary_op::selu, c.real("alpha", 1.67326319217681884765625F),
                    c.real("gamma", 1.05070102214813232421875F)},
                   c.raw(0)));
}

template <class G>
void import_celu(call<G>& c) {
    const float alpha = c.real("alpha", 1.F);
    const operand scaled = combine(c, binary_op::div, c.raw(0), alpha);
    c.out(0, combine(c, binary_op::mul, apply(c, {unary_op::elu, 1.0}, scaled), alpha));
}

template <class G>
void import_gelu(call<G>& c) {
    const auto kind = c.text("approximate", "none");
    c.expect(kind == "none" || kind == "tanh", errc::unsupported, "the kind of approximation is unknown");
    c.out(0, apply(c, {unary_op::gelu, kind == "tanh" ? 1.0 : 0.0}, c.raw(0)));
}

namespace detail {

/// A bound of Clip: an attribute before opset 11, then an optional input.
template <class G>
[[nodiscard]] float clip_bound(call<G>& c, std::size_t input, std::string_view name, float otherwise) {
    if (c.opset < 11)
        return c.real(name, otherwise);
    if (!c.has(input))
        return otherwise;
    const auto values = c.constant_reals(input);
    c.expect(values.size() == 1, errc::bad_shape, "a bound must be one number");
    return values[0];
}

} // namespace detail

template <class G>
void import_clip(call<G>& c) {
    const bool computed = (c.has(1) && !c.is_constant(1)) || (c.has(2) && !c.is_constant(2));
    if (c.opset >= 11 && (computed || !is_real(c.raw(0).type))) {
        operand x = c.raw(0);
        if (c.has(1))
            x = combine(c, binary_op::max, x, c.raw(1));
        if (c.has(2))
            x = combine(c, binary_op::min, x, c.raw(2));
        c.out(0, x);
        return;
    }
    const float low = detail::clip_bound(c, 1, "min", std::numeric_limits<float>::lowest());
    const float high = detail::clip_bound(c, 2, "max", std::numeric_limits<float>::max());
    c.out(0, apply(c, {unary_op::clip, std::min(low, high), high}, c.raw(0)));
}

namespace detail {

/// Before opset 7 the second operand is aligned by attributes: its axes begin at `axis` of the first one.
template <class G>
[[nodiscard]] operand aligned(call<G>& c, const operand& a, const operand& b) {
    if (c.opset >= 7 || b.dims.rank() >= a.dims.rank() || !c.has_attribute("axis") || b.dims.rank() == 0)
        return b;
    const std::size_t axis = c.axis(c.whole("axis", 0), a.dims.rank());
    c.expect(axis + b.dims.rank() <= a.dims.rank(), errc::bad_shape, "an axis is out of range");
    shape dims = b.dims;
    while (axis + dims.rank() < a.dims.rank())
        dims.push_back(1);
    return reshape_to(c, b, dims);
}

} // namespace detail

template <class G, binary_op Op>
void import_binary(call<G>& c) {
    c.expect(c.inputs() == 2, errc::bad_file, "the operator takes two inputs");
    c.out(0, combine(c, Op, c.raw(0), detail::aligned(c, c.in(0), c.raw(1))));
}

/// Any number of inputs, folded from the left.
template <class G, binary_op Op>
void import_variadic(call<G>& c) {
    operand x = c.raw(0);
    for (std::size_t i = 1; i < c.inputs(); ++i)
        x = combine(c, Op, x, c.raw(i));
    c.out(0, x);
}

template <class G>
void import_mean(call<G>& c) {
    operand x = c.raw(0);
    for (std::size_t i = 1; i < c.inputs(); ++i)
        x = combine(c, binary_op::add, x, c.raw(i));
    c.out(0, c.inputs() == 1 ? x : combine(c, binary_op::div, x, static_cast<float>(c.inputs())));
}

template <class G>
void import_prelu(call<G>& c) {
    const operand x = c.in(0);
    operand slope = c.in(1);
    const bool per_channel = slope.dims.rank() == 1 && slope.dims[0] != 1 && x.dims.rank() > 2;
    if (c.opset < 7 && per_channel) {
        shape dims = slope.dims;
        while (dims.rank() + 1 < x.dims.rank())
            dims.push_back(1);
        slope = reshape_to(c, slope, dims);
    }
    c.out(0, combine(c, binary_op::prelu, x, slope));
}

template <class G>
inline constexpr operator_entry<G> elementwise_operators[] = {
    {"Relu", &import_unary<G, unary_op::relu>},
    {"Sigmoid", &import_unary<G, unary_op::sigmoid>},
    {"Tanh", &import_unary<G, unary_op::tanh>},
    {"HardSwish", &import_unary<G, unary_op::hard_swish>},
    {"Softplus", &import_unary<G, unary_op::softplus>},
    {"Softsign", &import_unary<G, unary_op::softsign>},
    {"Mish", &import_unary<G, unary_op::mish>},
    {"Exp", &import_unary<G, unary_op::exp>},
    {"Log", &import_unary<G, unary_op::log>},
    {"Sqrt", &import_unary<G, unary_op::sqrt>},
    {"Reciprocal", &import_unary<G, unary_op::reciprocal>},
    {"Abs", &import_unary<G, unary_op::abs>},
    {"Neg", &import_unary<G, unary_op::neg>},
    {"Sign", &import_unary<G, unary_op::sign>},
    {"Floor", &import_unary<G, unary_op::floor>},
    {"Ceil", &import_unary<G, unary_op::ceil>},
    {"Round", &import_unary<G, unary_op::round>},
    {"Erf", &import_unary<G, unary_op::erf>},
    {"Sin", &import_unary<G, unary_op::sin>},
    {"Cos", &import_unary<G, unary_op::cos>},
    {"LeakyRelu", &import_activation<G, unary_op::leaky_relu>},
    {"Elu", &import_activation<G, unary_op::elu>},
    {"HardSigmoid", &import_activation<G, unary_op::hard_sigmoid>},
    {"ThresholdedRelu", &import_activation<G, unary_op::thresholded_relu>},
    {"Swish", &import_activation<G, unary_op::silu>},
    {"Selu", &import_selu<G>},
    {"Celu", &import_celu<G>},
    {"Gelu", &import_gelu<G>},
    {"Gelu", &import_gelu<G>, "com.microsoft"},
    {"Clip", &import_clip<G>},
    {"PRelu", &import_prelu<G>},
    {"Add", &import_binary<G, binary_op::add>},
    {"Sub", &import_binary<G, binary_op::sub>},
    {"Mul", &import_binary<G, binary_op::mul>},
    {"Div", &import_binary<G, binary_op::div>},
    {"Pow", &import_binary<G, binary_op::pow>},
    {"Min", &import_variadic<G, binary_op::min>},
    {"Max", &import_variadic<G, binary_op::max>},
    {"Sum", &import_variadic<G, binary_op::add>},
    {"Mean", &import_mean<G>},
};

} // namespace pith::io::onnx

#endif
