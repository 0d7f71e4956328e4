// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_SPARSITY_HPP
#define PITH_FORMAT_SPARSITY_HPP
/// Which elements of a tensor may be left out because they are zero: a promise of whoever pruned them.

#include <cstddef>
#include <cstdint>

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

} // namespace pith::format

#endif
