// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_OPS_MOVE_HPP
#define PITH_IO_ONNX_OPS_MOVE_HPP
/// Operators that cut, join, pad, repeat and pick parts of values.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "ops_shape.hpp"
#include "steps.hpp"

namespace pith::io::onnx {

template <class G>
void import_concat(call<G>& c) {
    const operand first = c.in(0);
    const std::size_t axis = c.axis(c.whole("axis", 1), first.dims.rank());
    layout order = identity_layout(first.dims.rank());
    for (std::size_t i = c.inputs(); i-- > 0;)
        if (const operand x = c.in(i); !c.make.is_constant(x) && x.dims.rank() == first.dims.rank())
            order = is_identity(x.order) && !is_identity(order) ? order : x.order;
    std::vector<value_id> ids;
    for (std::size_t i = 0; i < c.inputs(); ++i) {
        c.expect(c.in(i).dims.rank() == first.dims.rank(), errc::bad_shape,
                 "the inputs have different numbers of axes");
        ids.push_back(c.make.place(c.in(i), order));
    }
    if (ids.size() == 1)
        return c.out(0, c.stored(ids[0], order));
    c.out(0, c.stored(c.make.emit(concat{stored_axis(order, axis)}, std::move(ids)), order));
}

template <class G>
void import_split(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t axis = c.axis(c.whole("axis", 0), x.dims.rank());
    const std::size_t count = c.node().outputs.size();
    auto sizes = c.opset < 13 ? c.wholes("split")
                 : c.has(1)   ? c.constant_wholes(1)
                              : std::vector<std::int64_t>{};
    c.expect(count > 0, errc::bad_file, "the node has no outputs");
    if (c.opset < 2 && c.has(1)) // sizes of the values' own type
        for (const float size : c.constant_reals(1))
            sizes.push_back(c.small(pith::detail::truncate(size)));
    c.expect(!c.has_attribute("num_outputs") || c.whole("num_outputs", 0) == static_cast<std::int64_t>(count),
             errc::bad_file, "num_outputs differs from the number of outputs");
    if (sizes.empty()) {
        const auto n = static_cast<std::int64_t>(count);
        const std::int64_t part = (x.dims[axis] + n - 1) / n;
        c.expect(c.opset >= 18 || part * n == x.dims[axis], errc::bad_shape,
                 "the axis cannot be split evenly");
        for (std::int64_t left = x.dims[axis]; sizes.size() < count; left -= sizes.back())
            sizes.push_back(std::min(part, left));
    }
    c.expect(sizes.size() == count, errc::bad_shape, "one size per output is needed");
    const auto ids = c.make.emit_all(split{stored_axis(x.order, axis), std::move(sizes)}, {x.id});
    for (std::size_t i = 0; i < count; ++i)
        c.out(i, c.stored(ids[i], x.order));
}

namespace detail {

/// One axis of Slice as the layer has it: first element, number of elements.
template <class G>
void slice_axis(const call<G>& c, slice& layer, std::size_t at, std::int64_t size, std::int64_t begin,
                std::int64_t end, std::int64_t step) {
    c.expect(step != 0 && step != std::numeric_limits<std::int64_t>::min(), errc::bad_option,
             "a step is out of range");
    const auto wrapped = [size](std::int64_t v) { return v < 0 && v >= -size ? v + size : v; };
    const bool forward = step > 0;
    if (size == 0) {
        layer.begins[at] = layer.sizes[at] = 0;
        layer.steps[at] = 1;
        return;
    }
    begin = std::clamp<std::int64_t>(wrapped(begin), 0, forward ? size : size - 1);
    end = wrapped(end);
    end = forward ? std::clamp<std::int64_t>(end, 0, size) : std::clamp<std::int64_t>(end, -1, size - 1);
    const std::int64_t reach = forward ? end - begin : begin - end;
    const std::int64_t stride = forward ? step : -step;
    layer.begins[at] = begin;
    layer.steps[at] = step;
    layer.sizes[at] = reach <= 0 ? 0 : (reach - 1) / stride + 1;
    // A step beyond the axis is never taken; keep it small so that no offset overflows.
    if (layer.sizes[at] <= 1) {
        layer.steps[at] = 1;
        layer.begins[at] = layer.sizes[at] == 0 ? 0 : begin;
    }
}

} // namespace detail

template <class G>
void import_slice(call<G>& c) {
    const operand x = c.in(0);
    const bool attributes = c.opset < 10;
    const auto starts = attributes ? c.wholes("starts") : c.constant_wholes(1);
    const auto ends = attributes ? c.wholes("ends") : c.constant_wholes(2);
    auto axes = attributes ? c.wholes("axes") : c.has(3) ? c.constant_wholes(3) : std::vector<std::int64_t>{};
    auto steps = !attributes && c.has(4) ? c.constant_wholes(4) : std::vector<std::int64_t>{};
    if (axes.empty()) {
        axes.resize(starts.size());
        std::iota(axes.begin(), axes.end(), 0);
    }
    steps.resize(steps.empty() ? starts.size() : steps.size(), 1);
    c.expect(starts.size() == ends.size() && axes.size() == starts.size() && steps.size() == starts.size(),
             errc::bad_shape, "starts, ends, axes and steps have different lengths");
    const shape lies = c.make.net[x.id].dims;
    slice layer{std::vector<std::int64_t>(lies.rank(), 0),
                {lies.begin(), lies.end()},
                std::vector<std::int64_t>(lies.rank(), 1)};
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const std::size_t at = stored_axis(x.order, c.axis(axes[i], x.dims.rank()));
        detail::slice_axis(c, layer, at, lies[at], starts[i], ends[i], steps[i]);
    }
    c.out(0, c.stored(c.make.emit(std::move(layer), {x.id}), x.order));
}

template <class G>
void import_pad(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t rank = x.dims.rank();
    const auto counts = c.opset >= 11             ? c.constant_wholes(1)
                        : c.has_attribute("pads") ? c.wholes("pads")
                                                  : c.wholes("paddings");
    std::vector<std::size_t> axes(rank);
    std::iota(axes.begin(), axes.end(), std::size_t{0});
    if (c.opset >= 11 && c.has(3)) {
        axes.clear();
        for (const auto a : c.constant_wholes(3))
            axes.push_back(c.axis(a, rank));
    }
    c.expect(counts.size() == 2 * axes.size(), errc::bad_shape, "two pad counts per axis are needed");
    const std::size_t stored_rank = x.order.size();
    pad layer{std::vector<std::int64_t>(stored_rank, 0), std::vector<std::int64_t>(stored_rank, 0)};
    for (std::size_t i = 0; i < axes.size(); ++i) {
        for (const auto count : {counts[i], counts[i + axes.size()]})
            c.expect(count > -(1 << 24) && count < (1 << 24), errc::bad_option, "a pad count is too large");
        layer.before[stored_axis(x.order, axes[i])] = counts[i];
        layer.after[stored_axis(x.order, axes[i])] = counts[i + axes.size()];
    }
    const auto mode = c.text("mode", "constant");
    layer.mode = mode == "edge"      ? pad_mode::edge
                 : mode == "reflect" ? pad_mode::reflect
                 : mode == "wrap"    ? pad_mode::wrap
                                     : pad_mode::constant;
    c.expect(layer.mode != pad_mode::constant || mode == "constant", errc::unsupported,
             "the padding mode is unknown");
    if (c.opset < 11) {
        layer.fill = c.real("value", 0.F);
    } else if (c.has(2) && is_real(x.type)) {
        const auto fill = c.constant_reals(2);
        c.expect(fill.size() == 1, errc::bad_shape, "the padding value must be one number");
        layer.fill = fill[0];
    } else if (c.has(2)) {
        const auto fill = c.constant_wholes(2);
        c.expect(fill.size() == 1, errc::bad_shape, "the padding value must be one number");
        layer.fill = static_cast<double>(fill[0]);
    }
    c.out(0, c.stored(c.make.emit(std::move(layer), {x.id}), x.order));
}

template <class G>
void import_gather(call<G>& c) {
    const operand x = c.in(0);
    const std::size_t axis = c.axis(c.whole("axis", 0), x.dims.rank());
    if (x.dims.rank() == 1) { // what is picked lies as what picks
        operand y = c.raw(1);
        y.id = c.make.emit(gather{0}, {x.id, y.id});
        y.type = x.type;
        return c.out(0, y);
    }
    const operand indices = c.in(1);
    const std::size_t picked = indices.dims.rank();
    c.expect(x.dims.rank() + picked - 1 <= max_rank, errc::unsupported,
             "tensors have at most 8 dimensions here");
    const value_id which = c.make.place(indices);
    if (picked == 1) // the axes stay what they are
        return c.out(0, c.stored(c.make.emit(gather{stored_axis(x.order, axis)}, {x.id, which}), x.order));
    c.out(0, c.plain(c.make.emit(gather{static_cast<std::uint8_t>(axis)}, {c.make.place(x), which})));
}

namespace detail {

template <class G>
[[nodiscard]] operand expand_to(call<G>& c, const operand& source, const shape& wanted) {
    const operand x = raised(source, std::max(source.dims.rank(), wanted.rank()));
    const auto dims = broadcast(x.dims, wanted);
    c.expect(dims.has_value(), errc::bad_shape, "the shapes cannot be broadcast to each other");
    if (*dims == source.dims)
        return source;
    const value_id id = c.make.place(x, x.order);
    const shape lies = stored_dims(*dims, x.order);
    return c.stored(c.make.emit(expand{{lies.begin(), lies.end()}}, {id}), x.order);
}

} // namespace detail

template <class G>
void import_expand(call<G>& c) {
    c.out(0, detail::expand_to(c, c.in(0), detail::to_shape(c, c.constant_wholes(1))));
}

template <class G>
void import_tile(call<G>& c) {
    const operand x = c.in(0);
    auto repeats = c.constant_wholes(1);
    if (c.opset < 6) { // an axis and a count
        c.expect(c.has(2) && repeats.size() == 1, errc::bad_file, "tiles and axis are needed");
        const auto given = c.constant_wholes(2);
        c.expect(given.size() == 1, errc::bad_shape, "the axis must be one number");
        const std::size_t axis = c.axis(given[0], x.dims.rank());
        const std::int64_t count = repeats[0];
        repeats.assign(x.dims.rank(), 1);
        repeats[axis] = count;
    }
    c.expect(repeats.size() == x.dims.rank(), errc::bad_shape, "one count per axis is needed");
    std::vector<std::int64_t> split;
    std::vector<std::int64_t> wide;
    std::vector<std::int64_t> joined;
    for (std::size_t i = 0; i < repeats.size(); ++i) {
        c.expect(repeats[i] >= 0 && repeats[i] <= max_elements, errc::bad_option, "a count is out of range");
        if (repeats[i] != 1) {
            split.push_back(1);
            wide.push_back(repeats[i]);
        }
        split.push_back(x.dims[i]);
        wide.push_back(x.dims[i]);
        joined.push_back(x.dims[i] * repeats[i]);
    }
    const operand parts = reshape_to(c, x, detail::to_shape(c, split));
    const operand grown = detail::expand_to(c, parts, detail::to_shape(c, wide));
    c.out(0, reshape_to(c, grown, detail::to_shape(c, joined)));
}

template <class G>
inline constexpr operator_entry<G> move_operators[] = {
    {"Concat", &import_concat<G>}, {"Split", &import_split<G>},   {"Slice", &import_slice<G>},
    {"Pad", &import_pad<G>},       {"Gather", &import_gather<G>}, {"Expand", &import_expand<G>},
    {"Tile", &import_tile<G>},
};

} // namespace pith::io::onnx

#endif
