// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_QUANTIZED_QONNX_HPP
#define PITH_IO_ONNX_OPS_QUANTIZED_QONNX_HPP
/// QONNX: quantisers of any width that take and give real numbers (Pappalardo et al., arXiv 2206.07527).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "quantize_linear.hpp"

namespace pith::io::onnx {

namespace detail {

/// Quant's rounding, by name.
template <class G>
[[nodiscard]] operand rounded(call<G>& c, const operand& x, std::string_view mode) {
    const auto is = [&](std::string_view name) {
        if (mode.size() != name.size())
            return false;
        for (std::size_t i = 0; i < name.size(); ++i)
            if ((mode[i] & ~32) != (name[i] & ~32)) // either case
                return false;
        return true;
    };
    if (is("ROUND") || is("HALF_EVEN"))
        return apply(c, {unary_op::round}, x);
    if (is("FLOOR"))
        return apply(c, {unary_op::floor}, x);
    if (is("CEIL"))
        return apply(c, {unary_op::ceil}, x);
    c.expect(is("ROUND_TO_ZERO") || is("DOWN"), errc::unsupported, "the rounding mode is not supported");
    const operand size = apply(c, {unary_op::floor}, apply(c, {unary_op::abs}, x));
    return combine(c, binary_op::mul, apply(c, {unary_op::sign}, x), size);
}

/// A constant parameter: one number, or one per slice along the axis where it is longer than 1.
template <class G>
[[nodiscard]] std::optional<int> slices_of(call<G>& c, const operand& p, std::size_t rank) {
    if (!c.make.is_constant(p))
        return std::nullopt;
    if (p.dims.elements() == 1)
        return -1;
    for (std::size_t i = 0; i < p.dims.rank(); ++i)
        if (p.dims[i] == p.dims.elements() && p.dims.rank() <= rank)
            return static_cast<int>(i + rank - p.dims.rank());
    return std::nullopt;
}

/// The grid of Quant's constant scale and zero point, if it is one.
template <class G>
[[nodiscard]] std::optional<code_grid> quant_grid(call<G>& c, const operand& x, const operand& scale,
                                                  const operand& zero) {
    const auto axis = slices_of(c, scale, x.dims.rank());
    const auto zero_axis = slices_of(c, zero, x.dims.rank());
    if (!axis || !zero_axis || (*zero_axis >= 0 && *zero_axis != *axis))
        return std::nullopt;
    code_grid g;
    g.axis = *axis;
    for (const scalar_of<G> s : c.make.net[c.make.place(scale)].reals()->data())
        g.scales.push_back(static_cast<float>(s));
    const auto& zeros = *c.make.net[c.make.place(zero)].reals();
    if (g.scales.empty() || (zeros.size() != 1 && zeros.size() != g.scales.size()))
        return std::nullopt;
    for (std::size_t i = 0; i < g.scales.size(); ++i) {
        const double z = static_cast<double>(zeros[zeros.size() == 1 ? 0 : i]);
        if (!(std::abs(z) <= 65536.0) || z != std::nearbyint(z))
            return std::nullopt;
        g.zeros.push_back(static_cast<std::int32_t>(z));
    }
    return g;
}

/// The codes of `bits` bits.
template <class G>
[[nodiscard]] code_range quant_range(const call<G>& c, float bits) {
    c.expect(bits >= 1.F && bits <= 24.F && bits == std::floor(bits), errc::unsupported,
             "only whole bit widths from 1 to 24 are supported");
    const bool narrow = c.whole("narrow", 0) != 0;
    const bool has_sign = c.whole("signed", 1) != 0;
    const auto width = static_cast<std::uint8_t>(bits);
    const std::int32_t span = std::int32_t{1} << (has_sign ? width - 1 : width);
    const code_range r = has_sign ? code_range{narrow ? 1 - span : -span, span - 1, width}
                                  : code_range{0, span - (narrow ? 2 : 1), width};
    c.expect(r.lowest < r.highest, errc::bad_option, "a quantiser of one level; BipolarQuant has two");
    return r;
}

} // namespace detail

/// inputs: x, scale, zero point, bit width; y = (round(clip(x / scale + zero)) - zero) * scale.
template <class G>
void import_quant(call<G>& c) {
    const operand x = c.raw(0);
    const operand scale = as_reals(c, c.in(1));
    const operand zero = as_reals(c, c.in(2));
    const auto widths = c.constant_reals(3);
    c.expect(widths.size() == 1, errc::unsupported, "one bit width per quantiser is supported");
    const code_range range = detail::quant_range(c, widths[0]);
    const std::string_view mode = c.text("rounding_mode", "ROUND");
    const auto grid = detail::quant_grid(c, x, scale, zero);
    const bool constant = c.make.is_constant(x);
    const auto codes = grid && !constant ? activation_codes(*grid, range) : std::nullopt;
    // A zero point at 0 is the same inside the rounding and outside.
    if (codes && grid->zeros[0] == 0 && (mode == "ROUND" || mode == "HALF_EVEN"))
        return c.out(0, c.make.encoded(x, *codes));
    const bool shifts =
        !grid || std::any_of(grid->zeros.begin(), grid->zeros.end(), [](auto z) { return z != 0; });
    operand y = combine(c, binary_op::div, x, scale);
    if (shifts)
        y = combine(c, binary_op::add, y, zero);
    y = apply(c, {unary_op::clip, static_cast<double>(range.lowest), static_cast<double>(range.highest)}, y);
    y = detail::rounded(c, y, mode);
    if (shifts)
        y = combine(c, binary_op::sub, y, zero);
    y = combine(c, binary_op::mul, y, scale);
    if (codes)
        c.make.net[y.id].encoded = *codes;
    else if (grid && constant && range.bits <= 8)
        c.make.net[y.id].encoded = file_codes(*grid, range);
    c.out(0, y);
}

/// inputs: x, scale; y = scale where x >= 0, else -scale.
template <class G>
void import_bipolar_quant(call<G>& c) {
    const operand x = c.raw(0);
    const operand scale = as_reals(c, c.in(1));
    const auto grid = detail::quant_grid(c, x, scale, c.make.scalar(0.0));
    // 0 is positive: the sign of a sign moved by a half.
    const operand half = combine(c, binary_op::add, apply(c, {unary_op::sign}, x), 0.5);
    const operand y = combine(c, binary_op::mul, apply(c, {unary_op::sign}, half), scale);
    if (grid && c.make.is_constant(x))
        c.make.net[y.id].encoded = encoding{format::binary{-1}, grid->scales, grid->axis};
    else if (const auto codes = grid ? activation_codes(*grid, {-1, 1, 2}) : std::nullopt)
        c.make.net[y.id].encoded = *codes;
    c.out(0, y);
}

template <class G>
inline constexpr operator_entry<G> qonnx_operators[] = {
    {"Quant", &import_quant<G>, "qonnx.custom_op.general"},
    {"IntQuant", &import_quant<G>, "qonnx.custom_op.general"},
    {"BipolarQuant", &import_bipolar_quant<G>, "qonnx.custom_op.general"},
    {"Quant", &import_quant<G>, "onnx.brevitas"},
    {"IntQuant", &import_quant<G>, "onnx.brevitas"},
    {"BipolarQuant", &import_bipolar_quant<G>, "onnx.brevitas"},
    {"Quant", &import_quant<G>, "finn.custom_op.general"},
    {"BipolarQuant", &import_bipolar_quant<G>, "finn.custom_op.general"},
};

} // namespace pith::io::onnx

#endif
