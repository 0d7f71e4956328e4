// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_STORED_ELEMENTS_HPP
#define PITH_FORMAT_STORED_ELEMENTS_HPP
/// What a sparsity keeps of a tensor's elements.

#include <algorithm>
#include <cstddef>
#include <span>

#include "sparsity.hpp"

namespace pith::format {

namespace detail {

/// Elements other than zero of a part of a matrix.
template <class E>
[[nodiscard]] constexpr std::size_t count_kept(std::span<const E> elements, std::size_t columns,
                                               std::size_t row, std::size_t rows, std::size_t column,
                                               std::size_t width) noexcept {
    std::size_t kept = 0;
    for (std::size_t r = row; r < std::min(row + rows, elements.size() / columns); ++r)
        for (std::size_t c = column; c < std::min(column + width, columns); ++c)
            kept += elements[r * columns + c] != E{} ? 1 : 0;
    return kept;
}

} // namespace detail

/// Elements that storage of this pattern keeps: n of every m; the whole of a block that is not all zero.
/// @pre s.is_valid(); elements.size() is a multiple of columns > 0
template <class E>
[[nodiscard]] constexpr std::size_t stored_elements(const sparsity& s, std::span<const E> elements,
                                                    std::size_t columns) noexcept {
    const std::size_t rows = elements.size() / columns;
    std::size_t stored = 0;
    switch (s.pattern) {
    case sparsity_pattern::dense:
        return elements.size();
    case sparsity_pattern::free:
        return detail::count_kept(elements, columns, 0, rows, 0, columns);
    case sparsity_pattern::n_of_m:
        for (std::size_t c = 0; c < columns; c += s.b)
            stored += rows * std::min<std::size_t>(s.a, columns - c);
        return stored;
    case sparsity_pattern::block:
        for (std::size_t r = 0; r < rows; r += s.a)
            for (std::size_t c = 0; c < columns; c += s.b)
                if (detail::count_kept(elements, columns, r, s.a, c, s.b) != 0)
                    stored += std::min<std::size_t>(s.a, rows - r) * std::min<std::size_t>(s.b, columns - c);
        return stored;
    }
    return elements.size();
}

/// Whether storage of this pattern loses no element that is not zero: only n of m can.
/// @pre as stored_elements
template <class E>
[[nodiscard]] constexpr bool obeys(const sparsity& s, std::span<const E> elements,
                                   std::size_t columns) noexcept {
    if (s.pattern != sparsity_pattern::n_of_m)
        return true;
    for (std::size_t r = 0; r < elements.size() / columns; ++r)
        for (std::size_t c = 0; c < columns; c += s.b)
            if (detail::count_kept(elements, columns, r, 1, c, s.b) > s.a)
                return false;
    return true;
}

} // namespace pith::format

#endif
