// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_QUANTIZE_LINEAR_HPP
#define PITH_IO_ONNX_QUANTIZE_LINEAR_HPP
/// Codes of a model as the graph has them: real numbers and an encoding where scale and zero point are
/// constant, else the arithmetic that the standard defines, step by step.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "../../format/requantize.hpp"
#include "../../graph/codes.hpp"
#include "ops_move.hpp"
#include "steps.hpp"

namespace pith::io::onnx {

/// The codes a type has.
struct code_range {
    std::int32_t lowest;
    std::int32_t highest;
    std::uint8_t bits;
};

[[nodiscard]] inline std::optional<code_range> codes_of_type(format::dtype t) noexcept {
    switch (t) {
    case format::dtype::u8:
        return code_range{0, 255, 8};
    case format::dtype::i8:
        return code_range{-128, 127, 8};
    case format::dtype::u4:
        return code_range{0, 15, 4};
    case format::dtype::i4:
        return code_range{-8, 7, 4};
    case format::dtype::u16:
        return code_range{0, 65535, 16};
    case format::dtype::i16:
        return code_range{-32768, 32767, 16};
    default:
        return std::nullopt;
    }
}

/// Scale and zero point, as a node gives them.
struct code_operands {
    operand scale;
    std::optional<operand> zero;
    format::dtype type = format::dtype::u8; ///< of the codes
    std::int64_t axis = 1;
    std::int64_t block = 0; ///< elements along the axis that share a scale; 0: no blocks
};

/// Constant scales and zero points: one, or one per slice along an axis of the model.
struct code_grid {
    std::vector<float> scales;
    std::vector<std::int32_t> zeros;
    int axis = -1;
};

/// The encoding of an activation on a grid, its codes moved to begin at 0; none if a graph has no such
/// encoding.
[[nodiscard]] inline std::optional<encoding> activation_codes(const code_grid& g, code_range of) {
    const std::int32_t highest = of.highest - of.lowest;
    if (g.scales.size() != 1 || highest > 255 || !(g.scales[0] > 0.F) || !std::isfinite(g.scales[0]))
        return std::nullopt;
    const std::int32_t zero = g.zeros[0] - of.lowest;
    if (zero < 0 || zero > highest)
        return std::nullopt;
    const std::int32_t moved = of.lowest == -128 && of.bits == 8 ? 128 : 0;
    return encoding::per_tensor({g.scales[0], zero, 0, highest, moved});
}

/// The codes of a constant as the file has them, until settle_codes. The masters are made of them already, so
/// that zero points which differ from slice to slice are not needed any more.
[[nodiscard]] inline encoding file_codes(const code_grid& g, code_range of) {
    const std::int32_t zero = g.zeros.size() == 1 ? g.zeros[0] : 0;
    return {format::affine_codes{zero, of.lowest, of.highest, 0}, g.scales, g.axis};
}

namespace detail {

/// What is constant of scale and zero point of codes of x, if it can be a grid of the graph.
template <class G>
[[nodiscard]] std::optional<code_grid> constant_grid(call<G>& c, const operand& x, const code_operands& by) {
    const auto constant = [&](const operand& v) { return c.make.is_constant(v) && !v.coded; };
    if (by.block != 0 || !constant(by.scale) || (by.zero && !constant(*by.zero)) || by.scale.dims.rank() > 1)
        return std::nullopt;
    const auto* scales = c.make.net[c.make.place(by.scale)].reals();
    if (scales == nullptr || scales->empty())
        return std::nullopt;
    code_grid g;
    for (const scalar_of<G> s : scales->data())
        g.scales.push_back(static_cast<float>(s));
    g.zeros.assign(g.scales.size(), 0);
    if (by.zero) {
        const auto* zeros = c.make.net[c.make.place(*by.zero)].wholes();
        if (zeros == nullptr || (zeros->size() != 1 && zeros->size() != g.zeros.size()))
            return std::nullopt;
        for (std::size_t i = 0; i < g.zeros.size(); ++i) {
            const std::int64_t z = (*zeros)[zeros->size() == 1 ? 0 : i];
            if (z < -65536 || z > 65536)
                return std::nullopt;
            g.zeros[i] = static_cast<std::int32_t>(z);
        }
    }
    if (g.scales.size() == 1)
        return g;
    const std::size_t axis = c.axis(by.axis, x.dims.rank());
    c.expect(static_cast<std::int64_t>(g.scales.size()) == x.dims[axis], errc::bad_shape,
             "there must be one scale, or one per slice along the axis");
    g.axis = static_cast<int>(axis);
    return g;
}

/// Each slice along `axis` repeated `times`, cut to `size`.
template <class G>
[[nodiscard]] operand repeated(call<G>& c, const operand& x, std::size_t axis, std::int64_t times,
                               std::int64_t size) {
    shape apart;
    shape wide;
    shape joined = x.dims;
    for (std::size_t i = 0; i < x.dims.rank(); ++i) {
        apart.push_back(x.dims[i]);
        wide.push_back(x.dims[i]);
        if (i == axis) {
            apart.push_back(1);
            wide.push_back(times);
        }
    }
    joined[axis] *= times;
    operand y = reshape_to(c, expand_to(c, reshape_to(c, x, apart), wide), joined);
    if (joined[axis] == size)
        return y;
    const std::size_t at = stored_axis(y.order, axis);
    const shape lies = c.make.net[y.id].dims;
    slice cut{std::vector<std::int64_t>(lies.rank(), 0),
              {lies.begin(), lies.end()},
              std::vector<std::int64_t>(lies.rank(), 1)};
    cut.sizes[at] = size;
    return c.stored(c.make.emit(std::move(cut), {y.id}), y.order);
}

/// A scale or zero point in a shape that repeats along with x.
template <class G>
[[nodiscard]] operand along(call<G>& c, const operand& p, const operand& x, const code_operands& by) {
    const std::size_t rank = x.dims.rank();
    if (by.block > 0) {
        const std::size_t axis = c.axis(by.axis, rank);
        c.expect(p.dims.rank() == rank && by.block < max_elements &&
                     p.dims[axis] == (x.dims[axis] + by.block - 1) / by.block,
                 errc::bad_shape, "blocks of scales do not fit the shape of the codes");
        return repeated(c, p, axis, by.block, x.dims[axis]);
    }
    if (p.dims.elements() == 1)
        return reshape_to(c, p, {});
    if (p.dims.rank() == rank && rank > 1)
        return p;
    const std::size_t axis = c.axis(by.axis, rank);
    c.expect(p.dims.rank() == 1 && p.dims[0] == x.dims[axis], errc::bad_shape,
             "there must be one scale, or one per slice along the axis");
    shape dims;
    for (std::size_t i = 0; i < rank; ++i)
        dims.push_back(i == axis ? p.dims[0] : 1);
    return reshape_to(c, p, dims);
}

} // namespace detail

/// The codes themselves, as whole numbers of x's type. @pre x.coded
template <class G>
[[nodiscard]] operand code_numbers(call<G>& c, const operand& x) {
    const encoding& e = c.make.net[x.id].encoded;
    const code_range range = *codes_of_type(x.type);
    const std::int32_t zero = e.codes().zero + range.lowest;
    operand y = x;
    y.coded = false;
    y.type = format::dtype::f32;
    y = combine(c, binary_op::div, y, static_cast<double>(e.scale(0)));
    y = apply(
        c,
        {unary_op::clip, static_cast<double>(range.lowest - zero), static_cast<double>(range.highest - zero)},
        y);
    y = apply(c, {unary_op::round}, y);
    if (zero != 0)
        y = combine(c, binary_op::add, y, static_cast<double>(zero));
    return apply_cast(c, y, x.type);
}

/// x as any handler takes it.
template <class G>
[[nodiscard]] operand without_codes(call<G>& c, const operand& x) {
    return x.coded ? code_numbers(c, x) : x;
}

/// Real numbers, or whole ones as real ones.
template <class G>
[[nodiscard]] operand as_reals(call<G>& c, const operand& x) {
    return apply_cast(c, without_codes(c, x), format::dtype::f32);
}

/// QuantizeLinear: codes that the model goes on with.
template <class G>
[[nodiscard]] operand quantised(call<G>& c, const operand& source, const code_operands& to) {
    const operand x = as_reals(c, source);
    const auto range = codes_of_type(to.type);
    const auto grid = detail::constant_grid(c, x, to);
    if (range && grid && !c.make.is_constant(x))
        if (const auto codes = activation_codes(*grid, *range)) {
            operand y = c.make.encoded(x, *codes);
            y.coded = true;
            y.type = to.type;
            return y;
        }
    operand y = combine(c, binary_op::div, x, detail::along(c, as_reals(c, to.scale), x, to));
    if (!range) {
        c.expect(is_real(to.type), errc::unsupported, "codes of this type are not supported");
        return apply_cast(c, y, to.type);
    }
    const bool shared = grid && grid->scales.size() == 1;
    const std::int32_t zero = shared ? grid->zeros[0] : 0;
    const auto clipped = [&](std::int32_t moved) {
        y = apply(c,
                  {unary_op::clip, static_cast<double>(range->lowest - moved),
                   static_cast<double>(range->highest - moved)},
                  y);
    };
    if (shared)
        clipped(zero);
    y = apply(c, {unary_op::round}, y);
    if (shared && zero != 0)
        y = combine(c, binary_op::add, y, static_cast<double>(zero));
    if (!shared) {
        if (to.zero)
            y = combine(c, binary_op::add, y, detail::along(c, as_reals(c, *to.zero), x, to));
        clipped(0);
    }
    return apply_cast(c, y, to.type);
}

namespace detail {

/// The float nearest to code * scale that gives the code back when it is divided by the scale; beyond 2^22
/// there may be none, then the nearest one.
[[nodiscard]] inline float bias_master(std::int32_t code, float scale) noexcept {
    const float plain = static_cast<float>(code) * scale;
    const auto back = [&](float m) { return std::nearbyint(static_cast<double>(m / scale)); };
    if (!(scale > 0.F) || !std::isfinite(plain) || back(plain) == static_cast<double>(code))
        return plain;
    for (const float towards :
         {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()})
        if (const float near = std::nextafter(plain, towards); back(near) == static_cast<double>(code))
            return near;
    return plain;
}

/// The real numbers of constant codes, with their encoding as the file has it (settle_codes makes it one of
/// the graph's).
template <class G>
[[nodiscard]] operand decoded_constant(call<G>& c, const operand& x, const code_grid& grid) {
    const value_id id = c.make.place(x);
    const tensor<std::int64_t>& wholes = *c.make.net[id].wholes();
    c.make.left().charge(wholes.size() * sizeof(scalar_of<G>), c.make.where());
    const std::size_t count = grid.scales.size();
    const std::size_t inner = grid.axis < 0 ? 1
                                            : static_cast<std::size_t>(x.dims.product(
                                                  static_cast<std::size_t>(grid.axis) + 1, x.dims.rank()));
    const bool bias = x.type == format::dtype::i32;
    tensor<scalar_of<G>> reals(wholes.dims());
    for (std::size_t i = 0; i < reals.size(); ++i) {
        const std::size_t k = count == 1 ? 0 : i / inner % count;
        const auto steps = static_cast<std::int32_t>(wholes[i] - grid.zeros[k]);
        reals[i] = static_cast<scalar_of<G>>(bias ? bias_master(steps, grid.scales[k])
                                                  : static_cast<float>(steps) * grid.scales[k]);
    }
    std::string name = c.make.net[id].name;
    c.make.release(id);
    operand y =
        c.make.constant(any_tensor<scalar_of<G>>(std::move(reals)), format::dtype::f32, std::move(name));
    if (const auto range = codes_of_type(x.type); range && range->bits <= 8)
        c.make.net[y.id].encoded = file_codes(grid, *range);
    return y;
}

/// Codes picked from a table by other codes, which is how our writer has a function from codes to codes that
/// no operator of ONNX is: the function of the real numbers, where it is one that is known.
template <class G>
[[nodiscard]] std::optional<operand> from_table(call<G>& c, const operand& source, const encoding& to) {
    const auto* n = c.make.producer(source.id);
    if (n == nullptr || layer_of<gather>(*n) == nullptr)
        return std::nullopt;
    const auto from = c.make.noted_codes(n->inputs[1]);
    const auto* entries = c.make.net[n->inputs[0]].wholes();
    if (!from || entries == nullptr || entries->dims() != shape{256})
        return std::nullopt;
    code_table table{};
    for (std::int32_t code = 0; code < 256; ++code) {
        const auto at = static_cast<std::size_t>(code + 256 + codes_of_type(from->type)->lowest) % 256;
        table[static_cast<std::size_t>(code)] =
            static_cast<std::uint8_t>((*entries)[at] - codes_of_type(source.type)->lowest);
    }
    for (const auto op : {unary_op::identity, unary_op::relu, unary_op::sigmoid, unary_op::tanh,
                          unary_op::hard_swish, unary_op::silu}) {
        const unary f{op, op == unary_op::silu ? 1.0 : 0.0};
        if (make_table(f, c.make.net[from->id].encoded.at(0), to) != table)
            continue;
        operand y = source; // which lies as the codes that pick do
        y.id = from->id;
        y.type = format::dtype::f32;
        if (op != unary_op::identity)
            y = apply(c, f, y);
        return c.make.encoded(y, to);
    }
    return std::nullopt;
}

} // namespace detail

/// DequantizeLinear.
template <class G>
[[nodiscard]] operand decoded(call<G>& c, const operand& source, const code_operands& from) {
    const auto grid = detail::constant_grid(c, source, from);
    const auto range = codes_of_type(source.type);
    const auto codes = grid && range ? activation_codes(*grid, *range) : std::nullopt;
    if (source.coded && codes) {
        const encoding& held = c.make.net[source.id].encoded;
        if (held.scales == codes->scales && held.codes().zero == codes->codes().zero) {
            operand y = source;
            y.coded = false;
            y.type = format::dtype::f32;
            return y;
        }
    }
    if (grid && c.make.is_constant(source) && (range || source.type == format::dtype::i32))
        return detail::decoded_constant(c, source, *grid);
    if (codes && !source.coded)
        if (auto known = detail::from_table(c, source, *codes))
            return *known;
    operand y = as_reals(c, source);
    if (from.zero && !(grid && grid->scales.size() == 1 && grid->zeros[0] == 0))
        y = combine(c, binary_op::sub, y, detail::along(c, as_reals(c, *from.zero), y, from));
    if (!grid || grid->scales != std::vector<float>{1.F})
        y = combine(c, binary_op::mul, y, detail::along(c, as_reals(c, from.scale), y, from));
    if (codes && !c.make.is_constant(y))
        c.make.net[y.id].encoded = *codes; // every element is one of these numbers
    return y;
}

} // namespace pith::io::onnx

#endif
