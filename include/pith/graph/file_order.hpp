// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_FILE_ORDER_HPP
#define PITH_GRAPH_FILE_ORDER_HPP
/// Values as the model's own file has them: their sizes there, and where each element lies.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "graph.hpp"

namespace pith {
namespace detail {

/// The axes of a layout in the file's order, each with its size; none where they do not fit `stored`.
[[nodiscard]] inline std::optional<shape> file_axes(const file_layout& l, const shape& stored) {
    shape lies = stored;
    if (!l.inner.empty()) {
        if (stored.rank() == 0 || l.order.size() != l.inner.size() + 1 || l.order.size() > max_rank)
            return std::nullopt;
        lies = shape{stored[0]};
        for (std::size_t i = 1; i < l.order.size(); ++i) {
            if (l.order[i] < 1 || static_cast<std::size_t>(l.order[i]) > l.inner.size())
                return std::nullopt;
            lies.push_back(l.inner[static_cast<std::size_t>(l.order[i] - 1)]);
        }
        if (lies.elements() != stored.elements())
            return std::nullopt;
    }
    if (l.order.size() != lies.rank())
        return std::nullopt;
    std::size_t rank = 0;
    for (const auto a : l.order)
        rank += a >= 0 ? 1u : 0u;
    shape axes;
    for (std::size_t axis = 0; axis < rank; ++axis)
        for (std::size_t i = 0; i < l.order.size(); ++i)
            if (l.order[i] == static_cast<std::int8_t>(axis)) {
                axes.push_back(lies[i]);
                break;
            }
    if (axes.rank() != rank || axes.elements() != lies.elements())
        return std::nullopt;
    return axes;
}

} // namespace detail

/// The sizes that a value of sizes `stored` has in its file; none where the layout is of another value.
[[nodiscard]] inline std::optional<shape> file_dims(const file_layout& l, const shape& stored) {
    auto axes = detail::file_axes(l, stored);
    if (!axes || l.inner.empty())
        return axes;
    return shape{stored[0], axes->product(1, axes->rank())};
}

/// For each stored element its place in the file's order. @pre file_dims gives sizes
[[nodiscard]] inline std::vector<std::size_t> file_places(const file_layout& l, const shape& stored) {
    const shape axes = *detail::file_axes(l, stored);
    std::vector<std::int64_t> sizes;
    std::vector<std::int64_t> steps;
    for (const auto a : l.order) {
        const auto axis = static_cast<std::size_t>(a < 0 ? 0 : a);
        sizes.push_back(a < 0 ? 1 : axes[axis]);
        steps.push_back(a < 0 ? 0 : axes.product(axis + 1, axes.rank()));
    }
    std::vector<std::size_t> places(static_cast<std::size_t>(stored.elements()));
    std::vector<std::int64_t> index(sizes.size(), 0);
    std::int64_t at = 0;
    for (auto& place : places) {
        place = static_cast<std::size_t>(at);
        for (std::size_t i = sizes.size(); i-- > 0;) {
            at += steps[i];
            if (++index[i] < sizes[i])
                break;
            at -= steps[i] * sizes[i];
            index[i] = 0;
        }
    }
    return places;
}

/// A stored value in its file's order. @pre file_dims gives sizes
template <class E>
[[nodiscard]] tensor<E> to_file(const tensor<E>& x, const file_layout& l) {
    tensor<E> out(*file_dims(l, x.dims()));
    const auto places = file_places(l, x.dims());
    for (std::size_t i = 0; i < places.size(); ++i)
        out[places[i]] = x[i];
    return out;
}

/// The other way: elements in the file's order as a value of sizes `stored`. @pre as many, file_dims gives
/// sizes
template <class E>
[[nodiscard]] tensor<E> from_file(const tensor<E>& x, const file_layout& l, const shape& stored) {
    tensor<E> out(stored);
    const auto places = file_places(l, stored);
    for (std::size_t i = 0; i < places.size(); ++i)
        out[i] = x[places[i]];
    return out;
}

} // namespace pith

#endif
