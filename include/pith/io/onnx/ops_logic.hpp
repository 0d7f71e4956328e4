// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_LOGIC_HPP
#define PITH_IO_ONNX_OPS_LOGIC_HPP
/// Comparisons, logic and the choice between two values, while loading and at run time.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "ops_constant.hpp"
#include "ops_elementwise.hpp"
#include "steps.hpp"

namespace pith::io::onnx {

namespace detail {

template <class G>
[[nodiscard]] operand truth(call<G>& c, bool is) {
    return c.make.constant(tensor<std::int64_t>(shape{}, is ? 1 : 0), format::dtype::boolean);
}

template <class G>
[[nodiscard]] operand negated(call<G>& c, const operand& x) {
    return combine(c, binary_op::equal, x, truth(c, false));
}

/// Two booleans as booleans: before opset 7 an axis says where the second one begins.
template <class G>
[[nodiscard]] operand decide(call<G>& c, binary_op op, bool exchanged = false) {
    c.expect(c.inputs() == 2, errc::bad_file, "the operator takes two inputs");
    const operand a = c.raw(0);
    const operand b = aligned(c, c.in(0), c.raw(1));
    return exchanged ? combine(c, op, b, a) : combine(c, op, a, b);
}

} // namespace detail

template <class G, binary_op Op, bool Exchanged = false>
void import_decision(call<G>& c) {
    c.out(0, detail::decide(c, Op, Exchanged));
}

template <class G>
void import_xor(call<G>& c) {
    c.out(0, detail::negated(c, detail::decide(c, binary_op::equal)));
}

template <class G>
void import_not(call<G>& c) {
    c.expect(c.raw(0).type == format::dtype::boolean, errc::bad_shape, "a boolean input is needed");
    c.out(0, detail::negated(c, c.raw(0)));
}

template <class G>
void import_is_nan(call<G>& c) {
    c.out(0, detail::negated(c, combine(c, binary_op::equal, c.raw(0), c.raw(0))));
}

template <class G>
void import_is_infinite(call<G>& c) {
    const bool above = c.whole("detect_positive", 1) != 0;
    const bool below = c.whole("detect_negative", 1) != 0;
    const double infinity = std::numeric_limits<double>::infinity();
    const operand x = above && below ? apply(c, {unary_op::abs}, c.raw(0)) : c.raw(0);
    const operand limit = apply_cast(c, c.make.scalar(above ? infinity : -infinity), x.type);
    // Nothing is less than the least.
    c.out(0, combine(c, above || below ? binary_op::equal : binary_op::less, x, limit));
}

namespace detail {

template <class G>
[[nodiscard]] bool is_zero(const call<G>& c, const operand& x) {
    const auto& v = c.make.net[x.id];
    const auto none = [](const auto* t) {
        return t != nullptr && std::all_of(t->data().begin(), t->data().end(), [](auto e) { return e == 0; });
    };
    return none(v.reals()) || none(v.wholes());
}

/// Element by element, of constants.
template <class G>
[[nodiscard]] operand choose_constant(call<G>& c) {
    const shape dims = common_dims(c);
    const value<scalar_of<G>> pick = constant_as(c, 0, dims);
    value<scalar_of<G>> a = constant_as(c, 1, dims);
    const value<scalar_of<G>> b = constant_as(c, 2, dims);
    const auto choose = [&](auto yes, const auto& no) {
        for (std::size_t i = 0; i < yes.size(); ++i)
            if ((*pick.wholes())[i] == 0)
                yes[i] = no[i];
        return c.make.constant(std::move(yes), a.type);
    };
    return a.reals() != nullptr ? choose(*a.reals(), *b.reals()) : choose(*a.wholes(), *b.wholes());
}

} // namespace detail

namespace detail {

/// What the condition keeps of `a` plus what its opposite keeps of `b`; of zeros nothing is kept.
template <class G>
[[nodiscard]] operand chosen(call<G>& c, const operand& condition, const operand& a, const operand& b) {
    const auto kept = [&](const operand& x, bool holds) {
        return combine(c, binary_op::keep, x, holds ? condition : negated(c, condition));
    };
    if (is_zero(c, b))
        return kept(a, true);
    return is_zero(c, a) ? kept(b, false) : combine(c, binary_op::add, kept(a, true), kept(b, false));
}

} // namespace detail

template <class G>
void import_where(call<G>& c) {
    c.expect(c.inputs() == 3, errc::bad_file, "the operator takes three inputs");
    const operand condition = c.in(0);
    const operand a = c.in(1);
    const operand b = c.in(2);
    c.expect(condition.type == format::dtype::boolean && a.type == b.type, errc::bad_shape,
             "the inputs have the wrong types");
    const auto fixed = [&](const operand& x) { return c.make.is_constant(x); };
    if (fixed(condition) && fixed(a) && fixed(b))
        return c.out(0, detail::choose_constant(c));
    const auto whole = broadcast(a.dims, b.dims);
    c.expect(whole.has_value(), errc::bad_shape, "the inputs' shapes cannot be broadcast to each other");
    const operand y = detail::chosen(c, condition, a, b);
    const auto dims = broadcast(*whole, condition.dims);
    c.expect(dims.has_value(), errc::bad_shape, "the inputs' shapes cannot be broadcast to each other");
    c.out(0, detail::expand_to(c, y, *dims)); // where zeros were the larger ones
}

/// Nothing near zero, the rest nearer to it.
template <class G>
void import_shrink(call<G>& c) {
    const operand x = c.raw(0);
    const float limit = c.real("lambd", 0.5F);
    const float bias = c.real("bias", 0.F);
    c.expect(is_real(x.type), errc::unsupported, "the operator is only computed on floating point numbers");
    const operand low = combine(c, binary_op::keep, combine(c, binary_op::add, x, bias),
                                combine(c, binary_op::less, x, -limit));
    const operand high = combine(c, binary_op::keep, combine(c, binary_op::sub, x, bias),
                                 combine(c, binary_op::less, c.make.scalar(limit), x));
    c.out(0, combine(c, binary_op::add, low, high));
}

template <class G>
inline constexpr operator_entry<G> logic_operators[] = {
    {"Equal", &import_decision<G, binary_op::equal>},
    {"Less", &import_decision<G, binary_op::less>},
    {"LessOrEqual", &import_decision<G, binary_op::less_equal>},
    {"Greater", &import_decision<G, binary_op::less, true>},
    {"GreaterOrEqual", &import_decision<G, binary_op::less_equal, true>},
    {"And", &import_decision<G, binary_op::mul>},
    {"Or", &import_decision<G, binary_op::max>},
    {"Xor", &import_xor<G>},
    {"Not", &import_not<G>},
    {"IsNaN", &import_is_nan<G>},
    {"IsInf", &import_is_infinite<G>},
    {"Where", &import_where<G>},
    {"Shrink", &import_shrink<G>},
};

} // namespace pith::io::onnx

#endif
