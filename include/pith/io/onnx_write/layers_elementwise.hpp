// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_LAYERS_ELEMENTWISE_HPP
#define PITH_IO_ONNX_WRITE_LAYERS_ELEMENTWISE_HPP
/// Layers that keep the order of axes they find: functions of one or two values, softmax, reductions, casts.

#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "../../graph/layer/binary.hpp"
#include "../../graph/layer/cast.hpp"
#include "../../graph/layer/reduce.hpp"
#include "../../graph/layer/softmax.hpp"
#include "../../graph/layer/unary.hpp"
#include "direct.hpp"
#include "layer_writing.hpp"
#include "writer.hpp"

namespace pith::io::onnx_write {

namespace detail {

[[nodiscard]] inline const char* operator_of(unary_op op) noexcept {
    constexpr const char* names[] = {
        "Identity", "Relu",  "Clip", "LeakyRelu",  "Sigmoid",  "Tanh",     "HardSigmoid", "HardSwish",
        "",         "Elu",   "Selu", "Gelu",       "Softplus", "Softsign", "Mish",        "ThresholdedRelu",
        "Exp",      "Log",   "Sqrt", "Reciprocal", "Abs",      "Neg",      "Sign",        "Floor",
        "Ceil",     "Round", "Erf",  "Sin",        "Cos"};
    return names[static_cast<std::size_t>(op)];
}

[[nodiscard]] inline attribute_list attributes_of(const unary& u) {
    attribute_list a;
    switch (u.op) {
    case unary_op::leaky_relu:
    case unary_op::elu:
    case unary_op::thresholded_relu:
        return std::move(a.real("alpha", u.alpha));
    case unary_op::hard_sigmoid:
        return std::move(a.real("alpha", u.alpha).real("beta", u.beta));
    case unary_op::selu:
        return std::move(a.real("alpha", u.alpha).real("gamma", u.beta));
    case unary_op::gelu:
        return std::move(a.text("approximate", u.alpha != 0 ? "tanh" : "none"));
    default:
        return a;
    }
}

/// x / 2 * (1 + erf(x / sqrt 2)), or its approximation by tanh.
template <class W>
void write_gelu(W& w, const unary& u, const std::string& x, std::string y) {
    const auto by = [&](std::string_view suffix, const std::string& a, double factor) {
        return w.step(suffix, "Mul", {a, w.number(std::string(suffix) + "/factor", factor)});
    };
    std::string inner;
    if (u.alpha == 0) {
        inner = w.step("erf", "Erf", {by("scaled", x, std::numbers::sqrt2 / 2)});
    } else {
        const std::string square = w.step("square", "Mul", {x, x});
        const std::string cube = by("cube", w.step("power", "Mul", {square, x}), 0.044715);
        const std::string sum = w.step("sum", "Add", {x, cube});
        constexpr double root = std::numbers::inv_sqrtpi * std::numbers::sqrt2; // sqrt(2 / pi)
        inner = w.step("tanh", "Tanh", {by("scaled", sum, root)});
    }
    const std::string gate = w.step("gate", "Add", {inner, w.number("one", 1)});
    w.emit("Mul", {by("half", x, 0.5), gate}, {std::move(y)});
}

/// A function from codes to some codes only (levels), or from one code straight into another: two pairs
/// behind each other would be taken for one by ONNX Runtime.
template <class T>
[[nodiscard]] bool needs_table(const value<T>& x, const unary& layer, const value<T>& y) {
    if (x.is_constant())
        return false;
    return has_levels(y) || (layer.op == unary_op::identity && !same_codes(*codes_of(x), *codes_of(y)));
}

/// That function as a table that is picked from.
template <class W, class Node>
void write_table(W& w, const Node& n, const unary& layer) {
    w.on_codes = false;
    const form from = w.primary(n.inputs[0]);
    const auto& input = w.g[n.inputs[0]];
    const code_table table = make_table(layer, *codes_of(input), w.g[n.outputs[0]].encoded);
    // The file's codes are those before they were moved; below 0 they pick from the table's end.
    const std::int32_t back = w.g[n.outputs[0]].encoded.codes().moved;
    tensor<std::uint8_t> entries(shape{256});
    for (std::size_t i = 0; i < 256; ++i)
        entries[(i + 256 - static_cast<std::size_t>(input.encoded.codes().moved)) % 256] =
            static_cast<std::uint8_t>(table[i] - back);
    const auto code = w.code_of(n.inputs[0]);
    const std::string codes = w.step("codes", "QuantizeLinear", {from.name, code[0], code[1]});
    const std::string which =
        w.step("index", "Cast", {codes}, attribute_list{}.whole("to", onnx::element::i32));
    const std::string picked = w.fresh("picked");
    const std::string held =
        w.initializer(w.node_name() + "/table", entries, w.element_of_codes(n.outputs[0]));
    w.emit("Gather", {held, which}, {picked}, attribute_list{}.whole("axis", 0));
    w.give_codes(n.outputs[0], picked, from.order, from.mixed);
}

} // namespace detail

template <>
struct layer_writing<unary> : writes_reals {
    static constexpr mixed_reading reads_mixed = mixed_reading::passes;
    [[nodiscard]] static bool on_codes(const unary& layer) {
        return layer.op == unary_op::sigmoid || layer.op == unary_op::leaky_relu;
    }
    template <class W, class Node>
    static void write(W& w, const Node& n, const unary& layer);
};
template <class W, class Node>
void layer_writing<unary>::write(W& w, const Node& n, const unary& layer) {
    if (w.in_codes && detail::needs_table(w.g[n.inputs[0]], layer, w.g[n.outputs[0]]))
        return detail::write_table(w, n, layer);
    const form from = w.primary(n.inputs[0]);
    const std::string x = w.is_constant(n.inputs[0]) ? w.take(n.inputs[0]) : from.name;
    const std::string y = w.give(n.outputs[0], from.order, from.mixed);
    const format::dtype type = w.g[n.inputs[0]].type;
    const bool rounds =
        layer.op == unary_op::floor || layer.op == unary_op::ceil || layer.op == unary_op::round;
    if (rounds && !is_real(type))
        return w.emit("Identity", {x}, {y});
    switch (layer.op) {
    case unary_op::clip:
        return w.emit("Clip", {x, w.number("min", layer.alpha, type), w.number("max", layer.beta, type)},
                      {y});
    case unary_op::silu: {
        const std::string scaled =
            layer.alpha == 1 ? x : w.step("scaled", "Mul", {x, w.number("alpha", layer.alpha)});
        return w.emit("Mul", {x, w.step("gate", "Sigmoid", {scaled})}, {y});
    }
    case unary_op::hard_swish: {
        if (w.opset >= 14)
            break;
        const auto slope = attribute_list{}.real("alpha", 1.0 / 6).real("beta", 0.5);
        return w.emit("Mul", {x, w.step("gate", "HardSigmoid", {x}, slope)}, {y});
    }
    case unary_op::mish: {
        if (w.opset >= 18)
            break;
        const std::string soft = w.step("softplus", "Softplus", {x});
        return w.emit("Mul", {x, w.step("gate", "Tanh", {soft})}, {y});
    }
    case unary_op::gelu:
        if (w.opset >= 20)
            break;
        return detail::write_gelu(w, layer, x, y);
    default:
        break;
    }
    const std::string op = detail::operator_of(layer.op);
    if (w.on_codes)
        return emit_runtime(w, "QLinear" + op, with_codes(w, n, {x}), y, detail::attributes_of(layer));
    w.emit(op, {x}, {y}, detail::attributes_of(layer));
}

namespace detail {

[[nodiscard]] inline const char* operator_of(binary_op op, format::dtype type) noexcept {
    if (type == format::dtype::boolean && (op == binary_op::mul || op == binary_op::max))
        return op == binary_op::mul ? "And" : "Or";
    constexpr const char* names[] = {"Add", "Sub",   "Mul",   "Div",   "Min",  "Max",
                                     "Pow", "PRelu", "Where", "Equal", "Less", "LessOrEqual"};
    return names[static_cast<std::size_t>(op)];
}

/// A constant operand of a value of this rank in this order, without leading axes of length 1.
template <class W>
[[nodiscard]] std::string operand_constant(W& w, value_id id, const layout& order,
                                           const std::optional<mixed_axis>& mixed) {
    return w.constant(id, {order, mixed, true});
}

/// Whether a constant can be brought into the order of a flattened image.
template <class W>
[[nodiscard]] bool mixes_with(const W& w, value_id constant, value_id mixed) {
    const shape& dims = w.dims(constant);
    return w.is_constant(constant) && dims.rank() <= 2 &&
           (dims.elements() == 1 || dims.back() == 1 || dims.back() == w.dims(mixed).back());
}

/// A computed operand beside values of greater rank that lie in `order`.
template <class W>
[[nodiscard]] std::string raised_operand(W& w, value_id id, const layout& order) {
    const std::size_t rank = order.size();
    const std::size_t missing = rank - w.dims(id).rank();
    layout own;
    bool in_front = true;
    for (std::size_t i = 0; i < rank; ++i) {
        const auto axis = static_cast<std::size_t>(order[i]);
        in_front = in_front && (i >= missing || axis == i);
        if (axis >= missing)
            own.push_back(static_cast<std::int8_t>(axis - missing));
    }
    if (in_front)
        return w.take(id, own);
    const shape wide = stored_dims(raised_dims(w.dims(id), rank), order);
    return w.reshaped(w.take(id, own), w.sizes(wide, false));
}

} // namespace detail

template <>
struct layer_writing<binary> : writes_codes {
    static constexpr mixed_reading reads_mixed = mixed_reading::passes;
    template <class W, class Node>
    static void write(W& w, const Node& n, const binary& layer);
};
template <class W, class Node>
void layer_writing<binary>::write(W& w, const Node& n, const binary& layer) {
    const format::dtype type = w.g[n.inputs[0]].type;
    const std::string op = detail::operator_of(layer.op, type);
    const auto emit = [&](const std::string& first, const std::string& second, const std::string& out) {
        if (layer.op == binary_op::keep)
            w.emit(op, {second, first, w.number("zero", 0, type)}, {out});
        else if (w.on_codes)
            emit_runtime(w, "QLinear" + op, with_codes(w, n, {first, second}), out);
        else
            w.emit(op, {first, second}, {out});
    };
    const value_id a = n.inputs[0];
    const value_id b = n.inputs[1];
    const std::size_t rank = w.dims(n.outputs[0]).rank();
    form x = w.primary(a);
    form y = w.primary(b);
    const bool shared = x.mixed && y.mixed && *x.mixed == *y.mixed && w.dims(a) == w.dims(b);
    const layout flat = identity_layout(rank);
    if (shared)
        return emit(x.name, y.name, w.give(n.outputs[0], x.order, x.mixed));
    if (x.mixed && detail::mixes_with(w, b, a)) {
        const std::string second = detail::operand_constant(w, b, flat, x.mixed);
        return emit(x.name, second, w.give(n.outputs[0], x.order, x.mixed));
    }
    if (y.mixed && detail::mixes_with(w, a, b)) {
        const std::string first = detail::operand_constant(w, a, flat, y.mixed);
        return emit(first, y.name, w.give(n.outputs[0], y.order, y.mixed));
    }
    x = w.plain(a);
    y = w.plain(b);
    const layout ox = raised_order(x.order, rank);
    const layout oy = raised_order(y.order, rank);
    layout order = ox;
    if (w.is_constant(a) != w.is_constant(b))
        order = w.is_constant(a) ? oy : ox;
    else if (w.dims(a).elements() != w.dims(b).elements())
        order = w.dims(a).elements() > w.dims(b).elements() ? ox : oy;
    else if (is_identity(ox))
        order = oy;
    const auto operand = [&](value_id id) {
        return w.is_constant(id) ? detail::operand_constant(w, id, order, std::nullopt)
                                 : detail::raised_operand(w, id, order);
    };
    const std::string first = operand(a);
    const std::string second = operand(b);
    emit(first, second, w.give(n.outputs[0], order));
}

template <>
struct layer_writing<cast> : writes_reals {
    template <class W, class Node>
    static void write(W& w, const Node& n, const cast& layer);
};
template <class W, class Node>
void layer_writing<cast>::write(W& w, const Node& n, const cast& layer) {
    const form x = w.plain(n.inputs[0]);
    const std::string name = w.take(n.inputs[0], x.order);
    attribute_list a;
    a.whole("to", onnx::element_number(layer.to));
    if (!layer.saturate)
        a.whole("saturate", 0);
    if (layer.rounding != format::scale_rounding::up)
        a.text("round_mode", layer.rounding == format::scale_rounding::down ? "down" : "nearest");
    w.emit("Cast", {name}, {w.give(n.outputs[0], x.order)}, std::move(a));
}

template <>
struct layer_writing<softmax> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const softmax& layer);
};
template <class W, class Node>
void layer_writing<softmax>::write(W& w, const Node& n, const softmax& layer) {
    const form x = w.plain(n.inputs[0]);
    const std::string name = w.take(n.inputs[0], x.order);
    attribute_list a;
    a.whole("axis", stored_axis(x.order, layer.axis));
    const std::string y = w.give(n.outputs[0], x.order);
    if (w.on_codes)
        return emit_runtime(w, "QLinearSoftmax", with_codes(w, n, {name}), y,
                            std::move(a.whole("opset", w.opset)));
    w.emit(layer.log ? "LogSoftmax" : "Softmax", {name}, {y}, std::move(a));
}

template <>
struct layer_writing<reduce> : writes_reals {
    template <class W, class Node>
    static void write(W& w, const Node& n, const reduce& layer);
};
template <class W, class Node>
void layer_writing<reduce>::write(W& w, const Node& n, const reduce& layer) {
    constexpr const char* names[] = {"ReduceMean",   "ReduceSum",      "ReduceMax", "ReduceMin",
                                     "ReduceProd",   "ReduceL1",       "ReduceL2",  "ReduceSumSquare",
                                     "ReduceLogSum", "ReduceLogSumExp"};
    const form x = w.plain(n.inputs[0]);
    const std::string name = w.take(n.inputs[0], x.order);
    wholes axes;
    layout order;
    for (std::size_t i = 0; i < x.order.size(); ++i) {
        const auto axis = static_cast<std::size_t>(x.order[i]);
        if (pith::detail::reduces(layer, axis)) {
            axes.push_back(static_cast<std::int64_t>(i));
            if (layer.keep_dims)
                order.push_back(x.order[i]);
            continue;
        }
        std::size_t before = 0;
        for (std::size_t a = 0; a < axis && !layer.keep_dims; ++a)
            before += pith::detail::reduces(layer, a) ? 1 : 0;
        order.push_back(static_cast<std::int8_t>(axis - before));
    }
    attribute_list a;
    std::vector<std::string> inputs{name};
    if (format::gives_place(layer.op)) {
        const bool least = layer.op == reduce_op::arg_min || layer.op == reduce_op::arg_min_last;
        const bool last = layer.op == reduce_op::arg_max_last || layer.op == reduce_op::arg_min_last;
        a.whole("axis", axes[0])
            .whole("keepdims", layer.keep_dims ? 1 : 0)
            .whole("select_last_index", last ? 1 : 0);
        return w.emit(least ? "ArgMin" : "ArgMax", std::move(inputs), {w.give(n.outputs[0], order)},
                      std::move(a));
    }
    if (w.opset >= (layer.op == reduce_op::sum ? 13 : 18))
        inputs.push_back(w.list("axes", axes));
    else
        a.list("axes", axes);
    a.whole("keepdims", layer.keep_dims ? 1 : 0);
    w.emit(names[static_cast<std::size_t>(layer.op)], std::move(inputs), {w.give(n.outputs[0], order)},
           std::move(a));
}

} // namespace pith::io::onnx_write

#endif
