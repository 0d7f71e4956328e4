// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_QUANTIZED_MOVES_HPP
#define PITH_IO_ONNX_OPS_QUANTIZED_MOVES_HPP
/// ONNX's own operators on codes: those that move or compare them work on the real numbers instead, all
/// others on the whole numbers that the model sees.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "quantize_linear.hpp"

namespace pith::io::onnx {

namespace detail {

/// How an operator may treat codes of its first input.
enum class code_use : std::uint8_t { none, moves, positions, cuts };

[[nodiscard]] inline code_use use_of_codes(std::string_view op_type) noexcept {
    constexpr std::string_view moving[] = {
        "MaxPool",   "GlobalMaxPool", "Reshape",      "Flatten",      "Transpose",     "Squeeze",
        "Unsqueeze", "Concat",        "Split",        "Slice",        "Gather",        "Pad",
        "Expand",    "Tile",          "DepthToSpace", "SpaceToDepth", "Identity",      "Dropout",
        "Resize",    "Upsample",      "ReduceMax",    "ReduceMin",    "GatherElements"};
    for (const auto name : moving)
        if (name == op_type)
            return code_use::moves;
    if (op_type == "ArgMax" || op_type == "ArgMin")
        return code_use::positions;
    return op_type == "Relu" || op_type == "Clip" ? code_use::cuts : code_use::none;
}

/// The real number that a code of x stands for.
template <class G>
[[nodiscard]] float real_of(call<G>& c, const operand& x, std::int64_t code) {
    const std::int64_t steps = code - codes_of_type(x.type)->lowest;
    return format::decode(c.make.net[x.id].encoded.at(0), static_cast<std::int32_t>(steps));
}

/// The one constant code of this type at input i, or nothing.
template <class G>
[[nodiscard]] std::optional<std::int64_t> constant_code(call<G>& c, std::size_t i, format::dtype type) {
    if (!c.has(i) || !c.is_constant(i) || c.raw(i).coded || c.raw(i).type != type)
        return std::nullopt;
    const auto* t = c.make.net[c.raw(i).id].wholes();
    return t != nullptr && t->size() == 1 ? std::optional((*t)[0]) : std::nullopt;
}

/// Input i as real numbers that go with those of the codes x, or nothing if it has none.
template <class G>
[[nodiscard]] std::optional<operand> beside(call<G>& c, const operand& x, std::size_t i) {
    operand y = c.raw(i);
    const encoding codes = c.make.net[x.id].encoded;
    if (y.coded) {
        if (y.type != x.type || c.make.net[y.id].encoded != codes)
            return std::nullopt;
        y.coded = false;
        y.type = format::dtype::f32;
        return y;
    }
    if (!c.make.is_constant(y) || y.type != x.type)
        return std::nullopt;
    const std::int32_t zero = codes.codes().zero + codes_of_type(x.type)->lowest;
    y = decoded_constant(c, y, {codes.scales, {zero}, -1});
    return y;
}

/// The real inputs in place of codes, or nothing if the operator must see the codes.
template <class G>
[[nodiscard]] std::optional<std::vector<std::optional<operand>>> moved_inputs(call<G>& c) {
    const std::string_view op = c.node().op_type;
    if (!c.has(0) || ((op == "Resize" || op == "Upsample") && c.text("mode", "nearest") != "nearest"))
        return std::nullopt;
    std::vector<std::optional<operand>> out(c.inputs());
    std::size_t first = c.inputs();
    for (std::size_t i = c.inputs(); i-- > 0;)
        if (c.has(i) && c.raw(i).coded && (op == "Concat" || i == 0))
            first = i;
    if (first == c.inputs())
        return std::nullopt;
    const operand x = c.raw(first);
    for (std::size_t i = 0; i < c.inputs(); ++i) {
        if (!c.has(i))
            continue;
        out[i] = i == 0 || op == "Concat" ? beside(c, x, i) : std::optional(without_codes(c, c.raw(i)));
        if (!out[i])
            return std::nullopt;
    }
    if (op == "Pad" && c.text("mode", "constant") == "constant") {
        const auto fill = c.has(2) ? constant_code(c, 2, x.type) : std::optional(std::int64_t{0});
        if (!fill || c.opset < 11)
            return std::nullopt;
        out.resize(std::max<std::size_t>(out.size(), 3));
        out[2] = c.make.scalar(static_cast<double>(real_of(c, x, *fill)));
    }
    return out;
}

template <class G>
[[nodiscard]] bool import_moved(call<G>& c, handler<G> import, bool outputs_codes) {
    const auto inputs = moved_inputs(c);
    if (!inputs)
        return false;
    operand x;
    for (std::size_t i = c.inputs(); i-- > 0;)
        if (c.has(i) && c.raw(i).coded)
            x = c.raw(i);
    const encoding codes = c.make.net[x.id].encoded;
    const std::size_t before = c.make.net.nodes.size();
    auto made = c.outputs_of(import, *inputs);
    for (std::size_t k = before; outputs_codes && k < c.make.net.nodes.size(); ++k)
        for (const auto id : c.make.net.nodes[k].outputs)
            if (c.make.net[id].type == format::dtype::f32)
                c.make.net[id].encoded = codes;
    for (std::size_t i = 0; i < made.size(); ++i) {
        if (made[i].id == no_value)
            continue;
        made[i].coded =
            outputs_codes && c.make.net[made[i].id].encoded == codes && !c.make.is_constant(made[i]);
        if (made[i].coded)
            made[i].type = x.type;
        c.out(i, made[i]);
    }
    return true;
}

/// Relu and Clip of codes cut the codes, not what they stand for.
template <class G>
[[nodiscard]] bool import_cut(call<G>& c) {
    const operand x = c.raw(0);
    const bool relu = c.node().op_type == "Relu";
    const code_range range = *codes_of_type(x.type);
    std::int64_t bounds[2] = {relu ? 0 : range.lowest, range.highest};
    for (std::size_t i = 0; i < 2 && !relu; ++i) {
        if (!c.has(1 + i))
            continue;
        const auto code = constant_code(c, 1 + i, x.type);
        if (!code)
            return false;
        bounds[i] = *code;
    }
    operand y = x;
    y.coded = false;
    y.type = format::dtype::f32;
    y = apply(c,
              {unary_op::clip, static_cast<double>(real_of(c, x, bounds[0])),
               static_cast<double>(real_of(c, x, bounds[1]))},
              y);
    c.make.net[y.id].encoded = c.make.net[x.id].encoded;
    y.coded = true;
    y.type = x.type;
    c.out(0, y);
    return true;
}

} // namespace detail

/// Imports a node of which some inputs are codes, by the handler of its operator, which knows nothing of
/// them.
template <class G>
void import_on_codes(call<G>& c, handler<G> import) {
    using detail::code_use;
    const code_use use = detail::use_of_codes(c.node().op_type);
    if (use == code_use::moves || use == code_use::positions)
        if (detail::import_moved(c, import, use == code_use::moves))
            return;
    if (use == code_use::cuts && c.raw(0).coded && detail::import_cut(c))
        return;
    std::vector<std::optional<operand>> inputs(c.inputs());
    for (std::size_t i = 0; i < inputs.size(); ++i)
        if (c.has(i))
            inputs[i] = without_codes(c, c.raw(i));
    const auto made = c.outputs_of(import, inputs);
    if (c.node().op_type == "Cast" && c.raw(0).coded && !is_real(made.at(0).type))
        c.make.note_codes(made[0].id, c.raw(0));
    for (std::size_t i = 0; i < made.size(); ++i)
        if (made[i].id != no_value)
            c.out(i, made[i]);
}

} // namespace pith::io::onnx

#endif
