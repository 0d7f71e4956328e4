// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_PREFERRED_LAYOUTS_HPP
#define PITH_IO_ONNX_PREFERRED_LAYOUTS_HPP
/// In which order the graph's inputs are best declared, so that the first layers find them channels last.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "layout.hpp"
#include "message.hpp"
#include "name_table.hpp"
#include "ops_elementwise.hpp"

namespace pith::io::onnx {

/// The preferred order of a value's axes; empty means channels last, whatever the rank.
using layout_table = name_table<layout>;

namespace detail {

[[nodiscard]] inline bool contains(std::initializer_list<std::string_view> list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

[[nodiscard]] inline bool wants_channels_last(std::string_view op) {
    return contains({"Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool",
                     "BatchNormalization", "Resize", "Upsample", "LRN", "LpPool", "QLinearConv",
                     "ConvInteger", "QLinearAveragePool", "QLinearGlobalAveragePool"},
                    op);
}

/// Operators whose output has the axes of its inputs.
template <class G>
[[nodiscard]] bool keeps_axes(std::string_view op) {
    return contains({"Identity", "Dropout", "Cast", "Pad", "Concat", "Split", "Slice", "Softmax",
                     "LogSoftmax", "QuantizeLinear", "DequantizeLinear"},
                    op) ||
           std::any_of(std::begin(elementwise_operators<G>), std::end(elementwise_operators<G>),
                       [op](const operator_entry<G>& e) { return e.op_type == op; });
}

/// The order before a Reshape to an image: a row [n, c, w] becomes one of height 1.
[[nodiscard]] inline layout row_order() {
    return {0, 2, 1};
}

/// The order before a Transpose whose output has order `after`.
[[nodiscard]] inline std::optional<layout> through_transpose(const node_proto& n, const layout& after) {
    std::vector<std::int64_t> perm;
    for (const auto& a : n.attributes)
        if (a.name == "perm" && a.type == attribute_type::wholes)
            for_each_field(a.body, [&](pbf_reader& r) {
                if (r.tag() == 8)
                    read_ints(r, [&](std::int64_t v) { perm.push_back(perm.size() < max_rank ? v : -1); });
                else
                    r.skip();
            });
    layout order = after.empty() ? without_units(channels_last(perm.size())) : after;
    if (after == row_order() && perm.size() == 5) // images [n, d, c, h, w] that become [n * d, c, h, w]
        order = {0, 1, 3, 4, 2};
    if (order.size() != perm.size() || perm.empty())
        return std::nullopt;
    layout out;
    for (const auto a : order) {
        const std::int64_t p = perm[static_cast<std::size_t>(a)];
        if (p < 0 || p >= static_cast<std::int64_t>(perm.size()))
            return std::nullopt;
        out.push_back(static_cast<std::int8_t>(p));
    }
    return out;
}

} // namespace detail

/// @param order of execution; the order of the earliest reader counts
template <class G>
[[nodiscard]] layout_table preferred_layouts(const std::vector<node_proto>& nodes,
                                             const std::vector<std::size_t>& order) {
    layout_table preferred;
    for (std::size_t k = order.size(); k-- > 0;) {
        const node_proto& n = nodes[order[k]];
        if (n.inputs.empty() || n.outputs.empty())
            continue;
        if (detail::wants_channels_last(n.op_type)) {
            preferred[n.inputs[0]] = {};
            if (n.op_type == "Conv" && n.inputs.size() > 1)
                preferred[n.inputs[1]] = {};
            continue;
        }
        const layout* after = find_name(preferred, n.outputs[0]);
        if (after == nullptr)
            continue;
        const layout axes = *after;
        if (n.op_type == "Transpose") {
            if (auto before = detail::through_transpose(n, axes))
                preferred[n.inputs[0]] = std::move(*before);
        } else if (n.op_type == "Reshape") {
            if (axes.empty())
                preferred[n.inputs[0]] = detail::row_order();
        } else if (detail::keeps_axes<G>(n.op_type)) {
            for (const auto name : n.inputs)
                preferred[name] = axes;
        }
    }
    return preferred;
}

/// The order in which a graph input of `rank` axes is declared.
template <class Table>
[[nodiscard]] layout declared_layout(const Table& preferred, std::string_view name, std::size_t rank) {
    const layout* order = find_name(preferred, name);
    if (order == nullptr || rank < 3)
        return identity_layout(rank);
    if (!order->empty()) {
        layout sorted = *order;
        std::sort(sorted.begin(), sorted.end());
        return sorted == identity_layout(rank) ? *order : identity_layout(rank);
    }
    return rank <= 5 ? without_units(channels_last(rank)) : identity_layout(rank);
}

} // namespace pith::io::onnx

#endif
