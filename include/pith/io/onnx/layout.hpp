// SPDX-License-Identifier: MIT
#ifndef PITH_IO_ONNX_LAYOUT_HPP
#define PITH_IO_ONNX_LAYOUT_HPP
/// How a value lies in memory while the model still speaks of it in its own axes (R8: channels last inside).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "shape.hpp"

namespace pith::io::onnx {

/// Stored axis i holds the model's axis order[i]; `unit` is an axis of size 1 that the model does not have.
using layout = std::vector<std::int8_t>;
inline constexpr std::int8_t unit = -1;

[[nodiscard]] inline layout identity_layout(std::size_t rank) {
    layout out(rank);
    for (std::size_t i = 0; i < rank; ++i)
        out[i] = static_cast<std::int8_t>(i);
    return out;
}

/// [n, c, h, w] as [n, h, w, c]; [n, c, w] as [n, 1, w, c]; deeper ones alike.
[[nodiscard]] inline layout channels_last(std::size_t rank) {
    if (rank == 3)
        return {0, unit, 2, 1};
    layout out = identity_layout(rank);
    if (rank > 3) {
        std::rotate(out.begin() + 1, out.begin() + 2, out.end());
    }
    return out;
}

[[nodiscard]] inline layout without_units(const layout& order) {
    layout out;
    std::copy_if(order.begin(), order.end(), std::back_inserter(out),
                 [](std::int8_t a) { return a != unit; });
    return out;
}

[[nodiscard]] inline bool is_identity(const layout& order) {
    return order == identity_layout(order.size());
}

[[nodiscard]] inline shape stored_dims(const shape& dims, const layout& order) {
    shape out;
    for (const auto a : order)
        out.push_back(a == unit ? 1 : dims[static_cast<std::size_t>(a)]);
    return out;
}

/// Where the model's axis lies.
[[nodiscard]] inline std::uint8_t stored_axis(const layout& order, std::size_t axis) {
    const auto at = std::find(order.begin(), order.end(), static_cast<std::int8_t>(axis));
    if (at == order.end())
        refuse(errc::bad_shape, "an input has fewer axes than its operator needs");
    return static_cast<std::uint8_t>(at - order.begin());
}

/// The axes that decide the order of elements: those longer than 1, and axis 0, whose size (the batch) may
/// still be changed.
[[nodiscard]] inline layout essential_axes(const shape& dims, const layout& order) {
    layout out;
    for (const auto a : order)
        if (a == 0 || (a != unit && dims[static_cast<std::size_t>(a)] != 1))
            out.push_back(a);
    return out;
}

/// The last axis of a flattened image: elements [inner...] in another order than the model's.
struct mixed_axis {
    shape inner;  ///< sizes, as the model had them before flattening
    layout order; ///< of `inner`

    friend bool operator==(const mixed_axis&, const mixed_axis&) = default;
};

/// One run of axes before and after a reshape that hold the same elements: [first, last) of each side.
struct axis_group {
    std::size_t old_first, old_last, new_first, new_last;
};

/// Splits a reshape into the finest runs of equal product; nothing if a size is 0.
[[nodiscard]] inline std::vector<axis_group> match_axes(const shape& from, const shape& to) {
    std::vector<axis_group> out;
    std::size_t i = 0;
    std::size_t j = 0;
    if (from.elements() == 0)
        return out;
    while (i < from.rank() && j < to.rank()) {
        axis_group g{i, i + 1, j, j + 1};
        std::int64_t a = from[i++];
        std::int64_t b = to[j++];
        while (a != b) {
            if (a < b)
                a *= from[i++];
            else
                b *= to[j++];
        }
        // A size 1 on one side only belongs to the run before it.
        while (i < from.rank() && from[i] == 1 && !(j < to.rank() && to[j] == 1))
            ++i;
        while (j < to.rank() && to[j] == 1 && !(i < from.rank() && from[i] == 1))
            ++j;
        g.old_last = i;
        g.new_last = j;
        out.push_back(g);
    }
    return out;
}

/// The layout of a reshaped value whose elements stay where they are, if there is one. @pre equal elements
[[nodiscard]] inline std::optional<layout> reshaped_layout(const shape& from, const layout& order,
                                                           const shape& to) {
    const auto groups = match_axes(from, to);
    if (groups.empty() || groups.back().old_last != from.rank() || groups.back().new_last != to.rank())
        return std::nullopt;
    const layout essential = essential_axes(from, order);
    layout out;
    std::vector<bool> placed(to.rank(), false);
    for (std::size_t k = 0; k < essential.size();) {
        const auto axis = static_cast<std::size_t>(essential[k]);
        const auto g = std::find_if(groups.begin(), groups.end(), [&](const axis_group& c) {
            return axis >= c.old_first && axis < c.old_last;
        });
        // The run's own axes must follow each other in memory, in the model's order.
        for (std::size_t a = g->old_first; a < g->old_last; ++a) {
            if (a != 0 && from[a] == 1)
                continue;
            if (k == essential.size() || static_cast<std::size_t>(essential[k]) != a)
                return std::nullopt;
            ++k;
        }
        for (std::size_t a = g->new_first; a < g->new_last; ++a) {
            out.push_back(static_cast<std::int8_t>(a));
            placed[a] = true;
        }
    }
    // What is left has size 1 and may lie anywhere: before the axis that follows it.
    for (std::size_t a = to.rank(); a-- > 0;) {
        if (placed[a])
            continue;
        const auto next = std::find(out.begin(), out.end(), static_cast<std::int8_t>(a + 1));
        out.insert(next, static_cast<std::int8_t>(a));
    }
    return out;
}

/// The layout nearest to `order` in which a reshape to `to` moves nothing: the axes of a run brought
/// together.
[[nodiscard]] inline layout grouped_layout(const shape& from, const layout& order, const shape& to) {
    const auto groups = match_axes(from, to);
    layout out;
    std::vector<bool> placed(from.rank(), false);
    const auto place = [&](std::size_t axis) {
        if (!placed[axis])
            out.push_back(static_cast<std::int8_t>(axis));
        placed[axis] = true;
    };
    for (const auto a : essential_axes(from, order))
        for (const auto& g : groups)
            if (static_cast<std::size_t>(a) >= g.old_first && static_cast<std::size_t>(a) < g.old_last)
                for (std::size_t k = g.old_first; k < g.old_last; ++k)
                    place(k);
    for (std::size_t a = 0; a < from.rank(); ++a)
        place(a);
    return out;
}

} // namespace pith::io::onnx

#endif
