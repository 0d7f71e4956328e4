// SPDX-License-Identifier: MIT
#ifndef PITH_RUN_CHECK_OPS_HPP
#define PITH_RUN_CHECK_OPS_HPP
/// Does an operation stay inside its tensors and constants? Asked once for each when a program is opened.

#include <cstddef>
#include <cstdint>

#include "../base/bits.hpp"
#include "../base/view.hpp"
#include "../format/low_bit.hpp"
#include "../format/ops.hpp"
#include "../format/tile.hpp"
#include "check_access.hpp"
#include "layout.hpp"
#include "op_view.hpp"
#include "record_size.hpp"
#include "records.hpp"

namespace pith::run::detail {

struct op_checker {
    bytes_view file;
    const file_header& header;

    [[nodiscard]] tensor_record tensor(std::size_t id) const noexcept {
        return load_record<tensor_record>(file.data() + header.tensors_at + id * sizeof(tensor_record));
    }
    /// A constant of that many bytes lies there, readable over_read_bytes further.
    [[nodiscard]] bool constant(std::uint32_t at, std::uint64_t bytes,
                                std::uint32_t alignment = 4) const noexcept {
        return at >= sizeof(file_header) && at % alignment == 0 &&
               std::uint64_t{at} + bytes + over_read_bytes <= header.total_bytes;
    }

    [[nodiscard]] bool fits(const std::byte* record, std::size_t left) const noexcept;

private:
    using t = const tensor_record&;

    [[nodiscard]] static bool same_dims(t a, t b) noexcept {
        return a.dims[0] == b.dims[0] && a.dims[1] == b.dims[1] && a.dims[2] == b.dims[2] &&
               a.dims[3] == b.dims[3];
    }
    [[nodiscard]] static bool is(t x, format::dtype type) noexcept { return type_of(x) == type; }
    [[nodiscard]] static bool codes(t x) noexcept { return is(x, format::dtype::u8); }
    [[nodiscard]] static bool real(t x) noexcept { return is(x, format::dtype::f32); }
    [[nodiscard]] static bool dense(t a, t b) noexcept { return !has_border(a) && !has_border(b); }
    /// One axis of a window stays inside the image and its border.
    [[nodiscard]] static bool axis_fits(std::uint32_t in, std::uint32_t out, std::uint32_t kernel,
                                        std::uint32_t stride, std::uint32_t dilation, std::uint32_t pad,
                                        std::uint32_t before, std::uint32_t behind) noexcept {
        if (kernel == 0 || stride == 0 || dilation == 0 || pad > before)
            return false;
        const std::uint64_t last = std::uint64_t{out - 1} * stride + std::uint64_t{kernel - 1} * dilation;
        return last < std::uint64_t{in} + pad + behind;
    }
    [[nodiscard]] static bool window_fits(const window_record& w, t in, t out) noexcept {
        return in.dims[0] == out.dims[0] &&
               axis_fits(in.dims[1], out.dims[1], w.kernel[0], w.strides[0], w.dilations[0], w.pads[0],
                         in.border[0], in.border[2]) &&
               axis_fits(in.dims[2], out.dims[2], w.kernel[1], w.strides[1], w.dilations[1], w.pads[1],
                         in.border[1], in.border[3]);
    }

    /// Bias, factor (0: none) and weights of a convolution, panels or depthwise.
    [[nodiscard]] bool weights_fit(const window_record& w, std::uint32_t groups, bool depthwise, t in, t out,
                                   std::uint32_t weights, std::uint32_t weight_bits, std::uint32_t bias,
                                   const std::uint32_t* factor) const noexcept {
        const std::uint64_t taps = std::uint64_t{w.kernel[0]} * w.kernel[1];
        std::uint64_t lanes = round_up(std::uint64_t{out.dims[3]}, std::uint64_t{16});
        std::uint64_t elements = taps * lanes;
        if (depthwise) {
            if (groups != 1 || in.dims[3] != out.dims[3])
                return false;
        } else {
            if (groups == 0 || in.dims[3] % groups != 0 || out.dims[3] % groups != 0 || w.tile_outputs == 0 ||
                w.tile_depth == 0)
                return false;
            lanes = groups * round_up<std::uint64_t>(out.dims[3] / groups, w.tile_outputs);
            const run_shape runs = runs_of(w, in.dims[3], groups);
            if (runs.length > (1u << 28))
                return false;
            elements =
                std::uint64_t{runs.rows} * runs.columns * round_up<std::uint64_t>(runs.length, w.tile_depth);
            if (elements > (std::uint64_t{1} << 31))
                return false;
            elements *= lanes;
        }
        const std::uint64_t bytes =
            weight_bits < 8 ? elements / 8 * weight_bits : elements * (weight_bits / 8);
        return constant(weights, bytes, 16) && constant(bias, lanes * 4) &&
               (factor == nullptr || constant(*factor, lanes * 4));
    }
    /// Multiplications of a convolution are few enough to be run. @pre its weights fit
    [[nodiscard]] static bool ends(const window_record& w, std::uint64_t inputs, t out) noexcept {
        return elements_of(out) * (std::uint64_t{w.kernel[0]} * w.kernel[1] * inputs) <= most_op_steps;
    }
    /// Weights that fill up the depth of a tile are zero: vector kernels multiply what lies behind a run by
    /// them. @pre the weights fit
    [[nodiscard]] bool filled_with_zeros(const window_record& w, std::uint32_t groups, t in, t out,
                                         std::uint32_t weights) const noexcept {
        const run_shape runs = runs_of(w, in.dims[3], groups);
        const auto used = static_cast<std::uint32_t>(runs.length % w.tile_depth);
        if (used == 0)
            return true;
        const std::uint64_t depth = round_up<std::uint64_t>(runs.length, w.tile_depth);
        const std::uint64_t panels = round_up<std::uint64_t>(out.dims[3] / groups, w.tile_outputs) /
                                     w.tile_outputs * groups * runs.rows * runs.columns;
        const std::uint64_t tile = std::uint64_t{w.tile_outputs} * w.tile_depth;
        const std::byte* last = file.data() + weights + (depth / w.tile_depth - 1) * tile;
        for (std::uint64_t i = 0; i < panels; ++i, last += depth * w.tile_outputs)
            for (std::uint64_t k = 0; k < tile; ++k)
                if (k % w.tile_depth >= used && last[k] != std::byte{0})
                    return false;
        return true;
    }
    /// Weights of fewer than eight bits: their tile, and what their indices mean.
    [[nodiscard]] bool coding_fits(const codes_convolution_record& r, bool depthwise) const noexcept {
        if (r.reserved != 0)
            return false;
        if (r.weight_bits == 8)
            return r.levels == 0 && r.level_count == 0 && r.weight_lowest == 0;
        const format::tile tile{r.window.tile_outputs, r.window.tile_depth};
        if (depthwise || r.weight_bits < 1 || r.weight_bits > format::most_low_bits ||
            !(tile == format::low_bit_tile))
            return false;
        const std::int32_t most = std::int32_t{1} << r.weight_bits;
        if (r.levels == 0)
            return r.level_count == 0 && r.weight_lowest + most - 1 <= 127;
        return r.weight_lowest == 0 && r.level_count >= 1 && r.level_count <= most &&
               constant(r.levels, static_cast<std::uint64_t>(most));
    }
    [[nodiscard]] bool residual_fits(std::uint16_t id, t out) const noexcept {
        if (id == no_tensor)
            return true;
        const tensor_record r = tensor(id);
        return r.type == out.type && same_dims(r, out);
    }
    [[nodiscard]] bool operand_fits(operand_repeat repeat, t x, t out) const noexcept {
        switch (repeat) {
        case operand_repeat::none:
            return same_dims(x, out);
        case operand_repeat::scalar:
            return elements_of(x) == 1;
        case operand_repeat::channels:
            return elements_of(x) == out.dims[3] && x.dims[3] == out.dims[3];
        }
        return false;
    }
    [[nodiscard]] bool indices_fit(std::uint32_t at, std::uint64_t count, std::uint32_t size) const noexcept {
        if (!constant(at, count * 4))
            return false;
        for (std::uint64_t i = 0; i < count; ++i)
            if (load_le<std::uint32_t>(file.data() + at + 4 * i) >= size)
                return false;
        return true;
    }

    [[nodiscard]] bool apart_or_in_place(op_view op, t in, t out) const noexcept;
    [[nodiscard]] bool convolution_u8(op_view op, t in, t out, bool depthwise) const noexcept;
    [[nodiscard]] bool convolution_f32(op_view op, t in, t out, bool depthwise) const noexcept;
    [[nodiscard]] bool binary_u8(op_view op, t a, t b, t out) const noexcept;
    [[nodiscard]] bool binary_f32(op_view op, t a, t b, t out) const noexcept;
    [[nodiscard]] bool pool(op_view op, t in, t out) const noexcept;
    [[nodiscard]] bool softmax(op_view op, t in, t out) const noexcept;
    [[nodiscard]] bool copy(op_view op, t in, t out) const noexcept;
    [[nodiscard]] bool pad(op_view op, t in, t out) const noexcept;
    [[nodiscard]] bool resize(op_view op, t in, t out) const noexcept;
    [[nodiscard]] bool matmul(op_view op, t a, t b, t out) const noexcept;
    [[nodiscard]] bool one_operand(op_view op, t in, t out) const noexcept;
    [[nodiscard]] bool two_operands(op_view op, t a, t b, t out) const noexcept;
};

inline bool op_checker::fits(const std::byte* record, std::size_t left) const noexcept {
    if (left < sizeof(op_record))
        return false;
    const op_view op(record);
    const op_record head = op.head();
    if (head.kind == 0 || head.kind > last_op_kind || std::size_t{4} * head.words > left)
        return false;
    const record_size size = size_of(op.kind());
    if (std::size_t{4} * head.words < size.bytes)
        return false;
    const std::size_t axes = size.axes != 0 ? axes_of(op) : 0;
    if (axes > max_axes || std::size_t{4} * head.words != size.bytes + 4 * size.axes * axes)
        return false;
    if (head.output >= header.tensor_count || head.input >= header.tensor_count ||
        (head.second != no_tensor && head.second >= header.tensor_count))
        return false;
    const tensor_record out = tensor(head.output);
    const tensor_record in = tensor(head.input);
    if (out.constant != 0 || !apart_or_in_place(op, in, out))
        return false;
    switch (op.kind()) {
    case op_kind::binary_u8:
    case op_kind::binary_f32:
    case op_kind::gather:
    case op_kind::matmul:
        return head.second != no_tensor && two_operands(op, in, tensor(head.second), out);
    default:
        return one_operand(op, in, out);
    }
}

/// The output lies apart from the operands, or is one of them where the kernels allow it.
inline bool op_checker::apart_or_in_place(op_view op, t in, t out) const noexcept {
    const op_record head = op.head();
    const in_place_rule rule = in_place_of(op.kind());
    const bool first = apart(in, out) || (rule == in_place_rule::any && same_place(in, out));
    if (head.second == no_tensor)
        return first;
    const tensor_record second = tensor(head.second);
    return first && (apart(second, out) || (rule != in_place_rule::never && same_place(second, out)));
}

inline bool op_checker::two_operands(op_view op, t a, t b, t out) const noexcept {
    switch (op.kind()) {
    case op_kind::binary_u8:
        return binary_u8(op, a, b, out);
    case op_kind::binary_f32:
        return binary_f32(op, a, b, out);
    case op_kind::matmul:
        return matmul(op, a, b, out);
    default: {
        const auto r = op.as<gather_record>();
        const std::uint64_t outer = std::uint64_t{r.outer} * r.inner_bytes;
        return r.axis != 0 && a.type == out.type && is(b, format::dtype::i32) && !has_border(b) &&
               dense(a, out) && outer <= (std::uint64_t{1} << 31) && elements_of(b) == r.count &&
               outer * r.axis == elements_of(a) * element_bytes(a) &&
               outer * r.count == elements_of(out) * element_bytes(out);
    }
    }
}

inline bool op_checker::one_operand(op_view op, t in, t out) const noexcept {
    switch (op.kind()) {
    case op_kind::convolution_u8:
        return convolution_u8(op, in, out, false);
    case op_kind::depthwise_u8:
        return convolution_u8(op, in, out, true);
    case op_kind::convolution_f32:
        return convolution_f32(op, in, out, false);
    case op_kind::depthwise_f32:
        return convolution_f32(op, in, out, true);
    case op_kind::quantize:
        return real(in) && codes(out) && same_dims(in, out);
    case op_kind::dequantize:
        return codes(in) && real(out) && same_dims(in, out);
    case op_kind::table_u8:
        return codes(in) && codes(out) && same_dims(in, out) && constant(op.as<table_record>().table, 256);
    case op_kind::unary_f32:
        return real(in) && real(out) && same_dims(in, out) &&
               op.as<unary_record>().function <= static_cast<std::uint8_t>(format::unary_op::cos);
    case op_kind::pool:
        return pool(op, in, out);
    case op_kind::softmax:
        return softmax(op, in, out);
    case op_kind::copy:
        return copy(op, in, out);
    case op_kind::pad:
        return pad(op, in, out);
    case op_kind::resize:
        return resize(op, in, out);
    case op_kind::reduce: {
        const auto r = op.as<reduce_record>();
        const std::uint64_t kept = std::uint64_t{r.outer} * r.inner;
        return real(in) && real(out) && dense(in, out) && kept == elements_of(out) &&
               kept * r.size == elements_of(in) && kept <= (std::uint64_t{1} << 31) &&
               r.function <= static_cast<std::uint8_t>(format::reduce_op::arg_min_last);
    }
    case op_kind::convert:
        return dense(in, out) && elements_of(in) == elements_of(out);
    default:
        return false;
    }
}

inline bool op_checker::convolution_u8(op_view op, t in, t out, bool depthwise) const noexcept {
    const auto r = op.as<codes_convolution_record>();
    if (!codes(in) || !window_fits(r.window, in, out) || !coding_fits(r, depthwise) ||
        !weights_fit(r.window, r.groups, depthwise, in, out, r.weights, r.weight_bits, r.bias, &r.factor) ||
        !ends(r.window, depthwise ? 1 : in.dims[3] / r.groups, out))
        return false;
    if (!depthwise && r.weight_bits == 8 && !filled_with_zeros(r.window, r.groups, in, out, r.weights))
        return false;
    if (depthwise || real(out))
        return r.op.second == no_tensor && (codes(out) || !depthwise);
    return codes(out) && residual_fits(r.op.second, out);
}

inline bool op_checker::convolution_f32(op_view op, t in, t out, bool depthwise) const noexcept {
    const auto r = op.as<real_convolution_record>();
    return real(in) && real(out) && window_fits(r.window, in, out) &&
           weights_fit(r.window, r.groups, depthwise, in, out, r.weights, 32, r.bias, nullptr) &&
           ends(r.window, depthwise ? 1 : in.dims[3] / r.groups, out) && residual_fits(r.op.second, out);
}

inline bool op_checker::binary_u8(op_view op, t a, t b, t out) const noexcept {
    const auto r = op.as<codes_binary_record>();
    const auto function = static_cast<format::binary_op>(r.function & ~on_int8_codes);
    const bool known = function == format::binary_op::add || function == format::binary_op::mul;
    return known && codes(a) && codes(b) && codes(out) &&
           operand_fits(static_cast<operand_repeat>(r.repeats & 15), a, out) &&
           operand_fits(static_cast<operand_repeat>(r.repeats >> 4), b, out);
}

inline bool op_checker::binary_f32(op_view op, t a, t b, t out) const noexcept {
    using record = real_binary_record;
    const auto r = op.as<record>();
    reach reaches[3];
    bool as_out[2] = {true, true}; // an operand is walked as the output is
    for (std::size_t i = 0; i < r.rank; ++i)
        for (std::size_t k = 0; k < 3; ++k) {
            const std::int32_t stride = op.step<record>((k + 1) * r.rank + i);
            reaches[k].add(op.word<record>(i), stride);
            if (k < 2 && op.word<record>(i) != 1 && stride != op.step<record>(std::size_t{3} * r.rank + i))
                as_out[k] = false;
        }
    return real(a) && real(b) && real(out) && reaches[0].stays(0, a) && reaches[1].stays(0, b) &&
           reaches[2].stays(0, out) && reaches[2].visits_once() && (as_out[0] || apart(a, out)) &&
           (as_out[1] || apart(b, out)) && r.function <= static_cast<std::uint8_t>(format::binary_op::keep);
}

/// Every window of a pool begins, and ends if it is the first, inside the image and its padding.
[[nodiscard]] inline bool pool_axis_fits(const pool_record& r, std::size_t axis, std::uint32_t in,
                                         std::uint32_t out) noexcept {
    if (r.kernel[axis] == 0 || r.strides[axis] == 0 || r.dilations[axis] == 0)
        return false;
    const std::uint64_t padded = std::uint64_t{in} + r.pads[axis] + r.pads[axis + 2];
    return std::uint64_t{out - 1} * r.strides[axis] < padded &&
           std::uint64_t{r.kernel[axis] - 1u} * r.dilations[axis] < padded;
}

/// Sums of the reals that codes stand for stay numbers.
[[nodiscard]] inline bool adds_up(const tensor_record& t) noexcept {
    return t.scale > 0.f && t.scale <= most_summed_scale;
}

inline bool op_checker::pool(op_view op, t in, t out) const noexcept {
    const auto r = op.as<pool_record>();
    if (in.type != out.type || !(codes(in) || real(in)) || in.dims[0] != out.dims[0] ||
        in.dims[3] != out.dims[3])
        return false;
    if (r.function == static_cast<std::uint8_t>(pool_function::whole_average))
        return codes(in) && out.dims[1] == 1 && out.dims[2] == 1 &&
               std::uint64_t{in.dims[1]} * in.dims[2] <= most_mean_codes;
    std::uint64_t taps = 1;
    for (std::size_t i = 0; i < 2; ++i) {
        if (!pool_axis_fits(r, i, in.dims[i + 1], out.dims[i + 1]))
            return false;
        taps *= r.kernel[i] < in.dims[i + 1] ? r.kernel[i] : in.dims[i + 1];
    }
    if (elements_of(out) * taps > most_op_steps)
        return false;
    if (r.function == static_cast<std::uint8_t>(pool_function::max))
        return true;
    if (codes(in))
        return adds_up(in) && adds_up(out) &&
               r.function <= static_cast<std::uint8_t>(pool_function::average_int8);
    return r.function == static_cast<std::uint8_t>(pool_function::average);
}

inline bool op_checker::softmax(op_view op, t in, t out) const noexcept {
    const auto r = op.as<softmax_record>();
    const std::uint64_t kept = std::uint64_t{r.outer} * r.inner;
    if (in.type != out.type || !dense(in, out) || !same_dims(in, out) || kept > (std::uint64_t{1} << 31) ||
        kept * r.size != elements_of(in))
        return false;
    return codes(in) ? r.log == 0 && constant(r.table, 1024) : real(in);
}

inline bool op_checker::copy(op_view op, t in, t out) const noexcept {
    using record = copy_record;
    const auto r = op.as<record>();
    reach from, to;
    for (std::size_t i = 0; i < r.rank; ++i) {
        from.add(op.word<record>(i), op.step<record>(r.rank + i));
        to.add(op.word<record>(i), op.step<record>(2 * std::size_t{r.rank} + i));
    }
    return in.type == out.type && from.stays(r.input_first, in) && to.stays(r.output_first, out) &&
           to.visits_once();
}

inline bool op_checker::pad(op_view op, t in, t out) const noexcept {
    using record = pad_record;
    const auto r = op.as<record>();
    constexpr std::int64_t most = std::int64_t{1} << 28;
    std::uint64_t from = 1, to = 1;
    for (std::size_t i = 0; i < r.rank; ++i) {
        const std::int64_t size = op.word<record>(i);
        const std::int64_t before = op.step<record>(r.rank + i);
        const std::int64_t after = op.step<record>(2 * std::size_t{r.rank} + i);
        const std::int64_t result = before + size + after;
        const std::int64_t limit = r.mode == static_cast<std::uint8_t>(format::pad_mode::reflect) ? size - 1
                                   : r.mode == static_cast<std::uint8_t>(format::pad_mode::wrap)  ? size
                                                                                                  : most;
        if (size < 1 || size > most || result < 1 || result > most || before > limit || after > limit ||
            before <= -size || after <= -size)
            return false;
        from *= static_cast<std::uint64_t>(size);
        to *= static_cast<std::uint64_t>(result);
        if (from > elements_of(in) || to > elements_of(out))
            return false;
    }
    return in.type == out.type && dense(in, out) && from == elements_of(in) && to == elements_of(out) &&
           r.mode <= static_cast<std::uint8_t>(format::pad_mode::wrap);
}

inline bool op_checker::resize(op_view op, t in, t out) const noexcept {
    const auto r = op.as<resize_record>();
    if (in.type != out.type || in.dims[0] != out.dims[0] || in.dims[3] != out.dims[3] ||
        !(real(in) || (codes(in) && r.taps == 1)) || (r.taps != 1 && r.taps != 2 && r.taps != 4))
        return false;
    const std::uint64_t rows = std::uint64_t{out.dims[1]} * r.taps;
    const std::uint64_t columns = std::uint64_t{out.dims[2]} * r.taps;
    return indices_fit(r.row_indices, rows, in.dims[1]) &&
           indices_fit(r.column_indices, columns, in.dims[2]) &&
           (r.taps == 1 || (constant(r.row_weights, rows * 4) && constant(r.column_weights, columns * 4)));
}

inline bool op_checker::matmul(op_view op, t a, t b, t out) const noexcept {
    using record = matmul_record;
    const auto r = op.as<record>();
    constexpr std::uint64_t most = 1u << 28;
    if (!real(a) || !real(b) || !real(out) || !dense(a, b) || has_border(out) || r.m == 0 || r.k == 0 ||
        r.n == 0 || r.m > most || r.k > most || r.n > most)
        return false;
    reach from_a, from_b;
    std::uint64_t written = std::uint64_t{r.m} * r.n;
    for (std::size_t i = 0; i < r.rank; ++i) {
        from_a.add(op.word<record>(i), op.step<record>(r.rank + i));
        from_b.add(op.word<record>(i), op.step<record>(2 * std::size_t{r.rank} + i));
        if (!from_a.sane || written > elements_of(out))
            return false;
        written *= op.word<record>(i);
    }
    from_a.highest += static_cast<std::int64_t>(std::uint64_t{r.m} * r.k) - 1;
    from_b.highest += static_cast<std::int64_t>(std::uint64_t{r.k} * r.n) - 1;
    return written == elements_of(out) && from_a.stays(0, a) && from_b.stays(0, b) &&
           written * r.k <= most_op_steps;
}

} // namespace pith::run::detail

#endif
