// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_SPARSITY_HPP
#define PITH_FORMAT_SPARSITY_HPP
/// Which elements of a tensor may be left out because they are zero: a promise of whoever pruned them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pith::format {

/// Where zeros may be left out.
enum class sparsity_pattern : std::uint8_t {
    dense,  ///< every element is stored
    free,   ///< zeros anywhere are left out
    n_of_m, ///< of m elements in a row at most n are not zero
    block,  ///< zeros are left out in blocks of rows and columns
};

/// The last axis of a tensor is its columns, all others together are its rows. Groups and blocks start at
/// multiples of their size; those at the end may be cut off.
struct sparsity {
    sparsity_pattern pattern = sparsity_pattern::dense;
    std::uint8_t a = 1; ///< n, or the rows of a block
    std::uint8_t b = 1; ///< m, or the columns of a block

    /// The patterns, by name. @pre their numbers are above 0
    [[nodiscard]] static constexpr sparsity free() noexcept { return {sparsity_pattern::free}; }
    [[nodiscard]] static constexpr sparsity n_of_m(std::uint8_t n, std::uint8_t m) noexcept {
        return {sparsity_pattern::n_of_m, n, m};
    }
    [[nodiscard]] static constexpr sparsity block(std::uint8_t rows, std::uint8_t columns) noexcept {
        return {sparsity_pattern::block, rows, columns};
    }
    [[nodiscard]] constexpr bool is_dense() const noexcept { return pattern == sparsity_pattern::dense; }
    [[nodiscard]] constexpr bool is_valid() const noexcept {
        switch (pattern) {
        case sparsity_pattern::dense:
        case sparsity_pattern::free:
            return a == 1 && b == 1;
        case sparsity_pattern::n_of_m:
            return a > 0 && a < b;
        case sparsity_pattern::block:
            return a > 0 && b > 0 && (a > 1 || b > 1);
        }
        return false;
    }
    friend bool operator==(const sparsity&, const sparsity&) = default;
};

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
