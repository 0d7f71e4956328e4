// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_WRITE_LAYERS_MOVE_HPP
#define PITH_IO_ONNX_WRITE_LAYERS_MOVE_HPP
/// Layers that only move elements, in the file's order of axes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "../../graph/layer/concat.hpp"
#include "../../graph/layer/expand.hpp"
#include "../../graph/layer/gather.hpp"
#include "../../graph/layer/opaque.hpp"
#include "../../graph/layer/pad.hpp"
#include "../../graph/layer/reshape.hpp"
#include "../../graph/layer/slice.hpp"
#include "../../graph/layer/split.hpp"
#include "../../graph/layer/transpose.hpp"
#include "direct.hpp"
#include "layer_writing.hpp"
#include "writer.hpp"

namespace pith::io::onnx_write {

template <>
struct layer_writing<concat> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const concat& layer);
};
template <class W, class Node>
void layer_writing<concat>::write(W& w, const Node& n, const concat& layer) {
    layout order = w.identity(n.outputs[0]);
    for (const auto id : n.inputs)
        if (!w.is_constant(id) && is_identity(order))
            order = w.plain(id).order;
    std::vector<std::string> inputs;
    for (const auto id : n.inputs)
        inputs.push_back(w.take(id, order));
    attribute_list a;
    a.whole("axis", stored_axis(order, layer.axis));
    const std::string y = w.give(n.outputs[0], order);
    if (!w.on_codes)
        return w.emit("Concat", std::move(inputs), {y}, std::move(a));
    inputs = with_codes(w, n, inputs); // here the output's come first
    std::rotate(inputs.begin(), inputs.end() - 2, inputs.end());
    emit_runtime(w, "QLinearConcat", std::move(inputs), y, std::move(a));
}

template <>
struct layer_writing<split> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const split& layer);
};
template <class W, class Node>
void layer_writing<split>::write(W& w, const Node& n, const split& layer) {
    const form x = w.plain(n.inputs[0]);
    const std::string name = w.take(n.inputs[0], x.order);
    std::vector<std::string> outputs;
    for (std::size_t i = 0; i < layer.sizes.size(); ++i) {
        const value_id y = i < n.outputs.size() ? n.outputs[i] : no_value;
        outputs.push_back(y == no_value ? w.fresh("unused") : w.give(y, x.order));
    }
    w.emit("Split", {name, w.list("split", layer.sizes)}, std::move(outputs),
           attribute_list{}.whole("axis", stored_axis(x.order, layer.axis)));
}

template <>
struct layer_writing<slice> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const slice& layer);
};
template <class W, class Node>
void layer_writing<slice>::write(W& w, const Node& n, const slice& layer) {
    const form x = w.plain(n.inputs[0]);
    const std::string name = w.take(n.inputs[0], x.order);
    const shape& from = w.dims(n.inputs[0]);
    const shape& to = w.dims(n.outputs[0]);
    wholes begins, ends, axes, steps;
    for (std::size_t i = 0; i < x.order.size(); ++i) {
        const auto axis = static_cast<std::size_t>(x.order[i]);
        const bool whole = layer.begins[axis] == 0 && layer.steps[axis] == 1 && to[axis] == from[axis];
        if (whole && !(axes.empty() && i + 1 == x.order.size()))
            continue;
        const std::int64_t size = to[axis];
        const std::int64_t step = size <= 1 ? 1 : layer.steps[axis];
        const std::int64_t begin = size == 0 ? 0 : layer.begins[axis];
        const std::int64_t end = size == 0 ? 0 : begin + (size - 1) * step + (step > 0 ? 1 : -1);
        begins.push_back(begin);
        ends.push_back(whole ? std::numeric_limits<std::int64_t>::max() : end < 0 ? -from[axis] - 1 : end);
        axes.push_back(static_cast<std::int64_t>(i));
        steps.push_back(step);
    }
    if (axes.empty())
        return w.emit("Identity", {name}, {w.give(n.outputs[0], x.order)});
    w.emit(
        "Slice",
        {name, w.list("starts", begins), w.list("ends", ends), w.list("axes", axes), w.list("steps", steps)},
        {w.give(n.outputs[0], x.order)});
}

template <>
struct layer_writing<pad> : writes_reals {
    template <class W, class Node>
    static void write(W& w, const Node& n, const pad& layer);
};
template <class W, class Node>
void layer_writing<pad>::write(W& w, const Node& n, const pad& layer) {
    constexpr const char* modes[] = {"constant", "edge", "reflect", "wrap"};
    if (layer.mode == pad_mode::wrap && w.opset < 19)
        return w.refuse(errc::unsupported, "padding that wraps around needs opset 19");
    const form x = w.plain(n.inputs[0]);
    const std::string name = w.take(n.inputs[0], x.order);
    wholes counts;
    for (const auto* list : {&layer.before, &layer.after})
        for (const auto axis : x.order)
            counts.push_back((*list)[static_cast<std::size_t>(axis)]);
    std::vector<std::string> inputs{name, w.list("pads", counts)};
    if (layer.mode == pad_mode::constant && layer.fill != 0)
        inputs.push_back(w.number("fill", layer.fill, w.g[n.inputs[0]].type));
    w.emit("Pad", std::move(inputs), {w.give(n.outputs[0], x.order)},
           attribute_list{}.text("mode", modes[static_cast<std::size_t>(layer.mode)]));
}

namespace detail {

/// The order of a value that is an input or output, or channels first, where it is the same to the elements.
template <class W>
[[nodiscard]] layout reshaped_order(const W& w, value_id id, const layout& order) {
    const shape& dims = w.dims(id);
    const auto same = [&](const layout& other) {
        return onnx::essential_axes(dims, order) == onnx::essential_axes(dims, other);
    };
    if (const layout* door = w.promised(id); door != nullptr && same(*door))
        return *door;
    const layout first = channels_first(dims.rank());
    return dims.rank() == 4 && same(first) ? first : order;
}

/// A Reshape from a tensor of the file, its sizes in the file's order.
template <class W, class Node>
void write_reshape(W& w, const Node& n, const std::string& x, const shape& from, const layout& order,
                   const layout& target) {
    const shape& dims = w.dims(n.outputs[0]);
    const auto& asked = layer_of<reshape>(n)->dims;
    const shape lies = stored_dims(dims, target);
    const bool keeps = asked.size() > 0 && from.rank() > 0 && from[0] == dims[0] && asked[0] == 0 &&
                       order[0] == 0 && target[0] == 0;
    wholes sizes = w.sizes(lies, keeps);
    for (std::size_t i = 0; i < sizes.size() && w.free_batch; ++i)
        if (asked[static_cast<std::size_t>(target[i])] == -1)
            sizes[i] = -1;
    w.emit("Reshape", {x, w.list("shape", sizes)}, {w.give(n.outputs[0], target)});
}

} // namespace detail

template <>
struct layer_writing<reshape> : writes_codes {
    static constexpr mixed_reading reads_mixed = mixed_reading::any;
    template <class W, class Node>
    static void write(W& w, const Node& n, const reshape& layer);
};
template <class W, class Node>
void layer_writing<reshape>::write(W& w, const Node& n, const reshape&) {
    const value_id id = n.inputs[0];
    const shape& to = w.dims(n.outputs[0]);
    form x = w.primary(id);
    shape from = w.dims(id);
    if (x.mixed) { // the image it was
        const mixed_axis mixed = *x.mixed;
        from = {from[0]};
        x.order = {0};
        x.mixed.reset();
        for (const auto d : mixed.inner)
            from.push_back(d);
        for (const auto a : mixed.order)
            x.order.push_back(static_cast<std::int8_t>(a + 1));
    }
    if (w.is_constant(id))
        x.name = w.take(id);
    if (const auto order = onnx::reshaped_layout(from, x.order, to))
        return detail::write_reshape(w, n, x.name, from, x.order,
                                     detail::reshaped_order(w, n.outputs[0], *order));
    if (w.may_mix(n.outputs[0]) && to.rank() == 2 && from.rank() > 2 && to[0] == from[0] && x.order[0] == 0) {
        mixed_axis mixed;
        for (std::size_t i = 1; i < from.rank(); ++i) {
            mixed.inner.push_back(from[i]);
            mixed.order.push_back(static_cast<std::int8_t>(x.order[i] - 1));
        }
        return w.emit("Flatten", {x.name}, {w.give(n.outputs[0], identity_layout(2), mixed)},
                      attribute_list{}.whole("axis", 1));
    }
    if (from != w.dims(id)) { // flattened, then cut where the file's order has no border
        x = w.plain(id);
        from = w.dims(id);
    }
    const layout grouped = onnx::grouped_layout(from, x.order, to);
    const std::string moved = w.take(id, grouped);
    const auto order = onnx::reshaped_layout(from, grouped, to);
    if (order)
        return detail::write_reshape(w, n, moved, from, grouped, *order);
    const layout plain = w.identity(id);
    detail::write_reshape(w, n, w.take(id, plain), from, plain, identity_layout(to.rank()));
}

/// Nothing moves: the axes only get other numbers.
template <>
struct layer_writing<transpose> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const transpose& layer);
};
template <class W, class Node>
void layer_writing<transpose>::write(W& w, const Node& n, const transpose& layer) {
    const form x = w.plain(n.inputs[0]);
    const std::string name = w.take(n.inputs[0], x.order);
    layout order;
    for (const auto axis : x.order)
        order.push_back(static_cast<std::int8_t>(
            std::find(layer.permutation.begin(), layer.permutation.end(), static_cast<std::uint8_t>(axis)) -
            layer.permutation.begin()));
    w.rename(n.inputs[0], n.outputs[0], name, order);
}

template <>
struct layer_writing<gather> : writes_codes {
    template <class W, class Node>
    static void write(W& w, const Node& n, const gather& layer);
};
template <class W, class Node>
void layer_writing<gather>::write(W& w, const Node& n, const gather& layer) {
    const value_id which = n.inputs[1];
    const bool keeps = w.dims(which).rank() == 1; // the axes stay what they are
    const layout from = keeps ? w.plain(n.inputs[0]).order : w.identity(n.inputs[0]);
    const layout to = keeps ? from : w.identity(n.outputs[0]);
    const std::string x = w.take(n.inputs[0], from);
    const std::string indices = w.take(which);
    w.emit("Gather", {x, indices}, {w.give(n.outputs[0], to)},
           attribute_list{}.whole("axis", stored_axis(from, layer.axis)));
}

template <>
struct layer_writing<expand> : writes_reals {
    template <class W, class Node>
    static void write(W& w, const Node& n, const expand& layer);
};
template <class W, class Node>
void layer_writing<expand>::write(W& w, const Node& n, const expand& layer) {
    const shape& dims = w.dims(n.outputs[0]);
    const bool keeps = w.dims(n.inputs[0]).rank() == dims.rank();
    const layout order = keeps ? w.plain(n.inputs[0]).order : w.identity(n.outputs[0]);
    const std::string x = w.take(n.inputs[0], keeps ? order : w.identity(n.inputs[0]));
    wholes sizes;
    for (const auto a : order) {
        const auto axis = static_cast<std::size_t>(a);
        const std::size_t missing = dims.rank() - layer.dims.size();
        sizes.push_back(axis < missing ? 1 : layer.dims[axis - missing]);
    }
    w.emit("Expand", {x, w.list("shape", sizes)}, {w.give(n.outputs[0], order)});
}

template <>
struct layer_writing<opaque> : writes_reals {
    template <class W, class Node>
    static void write(W& w, const Node& n, const opaque& layer);
};
template <class W, class Node>
void layer_writing<opaque>::write(W& w, const Node& n, const opaque& layer) {
    std::vector<std::string> inputs, outputs;
    for (const auto id : n.inputs)
        inputs.push_back(id == no_value ? std::string{} : w.take(id));
    for (const auto id : n.outputs)
        outputs.push_back(id == no_value ? std::string{} : w.give(id, w.identity(id)));
    w.emit({n.name, layer.op_type, std::move(inputs), std::move(outputs),
            attribute_list{}.raw(layer.attributes), layer.domain});
    w.domains.push_back(layer.domain);
}

} // namespace pith::io::onnx_write

#endif
