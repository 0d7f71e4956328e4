// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_STEPS_HPP
#define PITH_IO_ONNX_STEPS_HPP
/// Steps on operands, in the model's axes, that keep or choose the layout: what handlers are composed of.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "../../graph/strides.hpp"
#include "call.hpp"

namespace pith::io::onnx {

template <class G>
[[nodiscard]] operand apply(call<G>& c, unary layer, const operand& x) {
    operand y = x;
    y.id = c.make.emit(layer, {x.id});
    return y;
}

template <class G>
[[nodiscard]] operand apply_cast(call<G>& c, const operand& x, const cast& layer) {
    if (x.type == layer.to)
        return x;
    operand y = x;
    y.id = c.make.emit(layer, {x.id});
    y.type = layer.to;
    return y;
}

template <class G>
[[nodiscard]] operand apply_cast(call<G>& c, const operand& x, format::dtype to) {
    return apply_cast(c, x, cast{.to = to});
}

/// float16 and bfloat16 as float32: operators of several steps keep what is between them in float.
template <class G>
[[nodiscard]] operand in_float(call<G>& c, const operand& x) {
    const bool narrow = x.type == format::dtype::f16 || x.type == format::dtype::bf16;
    return narrow ? apply_cast(c, x, format::dtype::f32) : x;
}

/// Axes of length 1 put in front, up to `rank`.
[[nodiscard]] inline operand raised(const operand& x, std::size_t rank) {
    const std::size_t missing = rank - x.dims.rank();
    if (missing == 0)
        return x;
    operand out = x;
    out.dims = {};
    out.order = identity_layout(missing);
    for (std::size_t i = 0; i < missing; ++i)
        out.dims.push_back(1);
    for (const auto d : x.dims)
        out.dims.push_back(d);
    for (const auto a : x.order)
        out.order.push_back(a == unit ? unit
                                      : static_cast<std::int8_t>(static_cast<std::size_t>(a) + missing));
    return out;
}

/// The same elements under other sizes: moved only where the layout leaves no other way.
template <class G>
[[nodiscard]] operand reshape_to(call<G>& c, const operand& source, const shape& dims) {
    operand x = source;
    c.expect(x.dims.elements() == dims.elements(), errc::bad_shape,
             "a reshape changes the number of elements");
    if (x.mixed) { // back to the image it was?
        shape image{x.dims[0]};
        layout order{0};
        for (const auto d : x.mixed->inner)
            image.push_back(d);
        for (const auto a : x.mixed->order)
            order.push_back(static_cast<std::int8_t>(a + 1));
        x = {c.make.reshaped(x.id, stored_dims(image, order)), image, order, std::nullopt, x.type};
    }
    if (const auto order = reshaped_layout(x.dims, x.order, dims))
        return c.stored(c.make.reshaped(x.id, stored_dims(dims, *order)), *order);
    const layout plain = without_units(x.order);
    const bool flattens = dims.rank() == 2 && x.dims.rank() > 2 && dims[0] == x.dims[0] && plain[0] == 0;
    if (flattens && !c.make.is_constant(x)) {
        mixed_axis mixed;
        for (std::size_t i = 1; i < x.dims.rank(); ++i) {
            mixed.inner.push_back(x.dims[i]);
            mixed.order.push_back(static_cast<std::int8_t>(plain[i] - 1));
        }
        operand y = c.plain(c.make.reshaped(x.id, dims));
        y.mixed = mixed;
        return y;
    }
    const layout grouped = grouped_layout(x.dims, x.order, dims);
    x = c.make.arranged(x, grouped);
    const auto order = reshaped_layout(x.dims, grouped, dims);
    const layout target = order ? *order : identity_layout(dims.rank());
    return c.stored(c.make.reshaped(x.id, stored_dims(dims, target)), target);
}

template <class G>
[[nodiscard]] operand transpose_to(call<G>& c, const operand& x,
                                   const std::vector<std::size_t>& permutation) {
    c.expect(permutation.size() == x.dims.rank(), errc::bad_shape,
             "an input has another number of axes than its operator needs");
    if (c.make.is_constant(x)) {
        layout order;
        for (const auto p : permutation)
            order.push_back(static_cast<std::int8_t>(p));
        return c.plain(c.make.place(x, order));
    }
    operand y = x;
    for (std::size_t i = 0; i < permutation.size(); ++i) {
        y.dims[i] = x.dims[permutation[i]];
        y.order[stored_axis(x.order, permutation[i])] = static_cast<std::int8_t>(i);
    }
    return y;
}

template <class G>
[[nodiscard]] operand reduce_over(call<G>& c, reduce_op op, const operand& x,
                                  const std::vector<std::size_t>& axes, bool keep) {
    reduce layer{op, {}, keep};
    for (const auto a : axes)
        layer.axes.push_back(stored_axis(x.order, a));
    std::sort(layer.axes.begin(), layer.axes.end());
    layout order = x.order;
    if (!keep) {
        order.clear();
        for (const auto a : x.order) {
            const auto gone = [&](std::size_t r) { return static_cast<std::int8_t>(r) == a; };
            if (std::any_of(axes.begin(), axes.end(), gone))
                continue;
            const auto before = std::count_if(axes.begin(), axes.end(),
                                              [&](std::size_t r) { return static_cast<std::int8_t>(r) < a; });
            order.push_back(a == unit ? unit : static_cast<std::int8_t>(a - before));
        }
    }
    return c.stored(c.make.emit(std::move(layer), {x.id}), order);
}

/// A constant's last axis, of the mixed length or 1, in the order of a mixed axis.
template <class G>
[[nodiscard]] operand mix_constant(call<G>& c, const operand& x, const mixed_axis& mixed) {
    if (x.dims.rank() == 0 || x.dims.back() == 1)
        return x;
    const operand plain = c.plain(c.make.place(x));
    const std::size_t outer = plain.dims.rank() - 1;
    c.expect(outer + mixed.inner.rank() <= max_rank, errc::unsupported,
             "tensors have at most 8 dimensions here");
    operand split = plain;
    split.dims = {};
    layout order = identity_layout(outer);
    for (std::size_t i = 0; i < outer; ++i)
        split.dims.push_back(plain.dims[i]);
    for (const auto d : mixed.inner)
        split.dims.push_back(d);
    for (const auto a : mixed.order)
        order.push_back(static_cast<std::int8_t>(static_cast<std::size_t>(a) + outer));
    split.order = identity_layout(split.dims.rank());
    split.id = c.make.reshaped(plain.id, split.dims);
    return c.plain(c.make.reshaped(c.make.place(split, order), plain.dims));
}

namespace detail {

template <class G>
[[nodiscard]] bool mixes_with(const call<G>& c, const operand& constant, const operand& mixed) {
    const shape& dims = constant.dims;
    return c.make.is_constant(constant) && dims.rank() <= 2 &&
           (dims.rank() == 0 || dims.back() == 1 || dims.back() == mixed.dims[1]);
}

/// Keeps a mixed axis through an element-wise function of two values if it can.
template <class G>
[[nodiscard]] std::optional<mixed_axis> share_mixed(call<G>& c, operand& a, operand& b) {
    std::optional<mixed_axis> kept;
    if (a.mixed && b.mixed && *a.mixed == *b.mixed && a.dims == b.dims) {
        kept = a.mixed;
    } else if (a.mixed && mixes_with(c, b, a)) {
        kept = a.mixed;
        b = mix_constant(c, b, *kept);
    } else if (b.mixed && mixes_with(c, a, b)) {
        kept = b.mixed;
        a = mix_constant(c, a, *kept);
    }
    if (kept) {
        a.mixed.reset();
        b.mixed.reset();
        return kept;
    }
    a = c.make.unmixed(a);
    b = c.make.unmixed(b);
    return std::nullopt;
}

/// The layout in which two values of equal rank meet: that of the computed one, the longer one's if both are.
template <class G>
[[nodiscard]] layout common_layout(const call<G>& c, const operand& a, const operand& b) {
    const bool a_fixed = c.make.is_constant(a);
    const bool b_fixed = c.make.is_constant(b);
    if (a_fixed != b_fixed)
        return a_fixed ? b.order : a.order;
    if (a.dims.elements() != b.dims.elements())
        return a.dims.elements() > b.dims.elements() ? a.order : b.order;
    return is_identity(without_units(a.order)) && a.order.size() <= b.order.size() ? b.order : a.order;
}

/// Leading axes of length 1 of a constant say nothing beside a value of full rank.
template <class G>
[[nodiscard]] value_id lowered(call<G>& c, value_id id) {
    shape dims;
    for (const auto d : c.make.net[id].dims)
        if (d != 1 || dims.rank() > 0)
            dims.push_back(d);
    return c.make.reshaped(id, dims);
}

} // namespace detail

/// An element-wise function of two values with NumPy broadcasting in the model's axes.
template <class G>
[[nodiscard]] operand combine(call<G>& c, binary_op op, operand a, operand b) {
    const auto mixed = detail::share_mixed(c, a, b);
    const std::size_t rank = std::max(a.dims.rank(), b.dims.rank());
    a = raised(a, rank);
    b = raised(b, rank);
    const auto dims = broadcast(a.dims, b.dims);
    c.expect(dims.has_value(), errc::bad_shape, "the inputs' shapes cannot be broadcast to each other");
    const layout order = detail::common_layout(c, a, b);
    value_id x = c.make.place(a, order);
    value_id y = c.make.place(b, order);
    if (c.make.net[x].is_constant() != c.make.net[y].is_constant()) {
        if (c.make.net[y].is_constant())
            y = detail::lowered(c, y);
        else if (op != binary_op::prelu)
            x = detail::lowered(c, x);
    }
    operand out = c.stored(c.make.emit(binary{op}, {x, y}), order);
    out.mixed = mixed;
    return out;
}

template <class G>
[[nodiscard]] operand combine(call<G>& c, binary_op op, const operand& a, double b) {
    return combine(c, op, a, c.make.scalar(b, is_real(a.type) ? a.type : format::dtype::f32));
}

} // namespace pith::io::onnx

#endif
