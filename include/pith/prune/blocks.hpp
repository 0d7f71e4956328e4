// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_BLOCKS_HPP
#define PITH_PRUNE_BLOCKS_HPP
/// blocks: weights go by the block, those of the smallest mean square first.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sparse_layers.hpp"

namespace pith::prune {

/// Blocks as format::sparsity has them: of rows of the last axis, the input channels.
struct blocks {
    std::uint8_t rows = 4;
    std::uint8_t columns = 1;
    float remove = 0.5f; ///< share of each layer's blocks, [0, 1)
    dense_layers dense{};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

namespace detail {

/// A matrix cut into blocks; those at the ends may be smaller.
struct block_grid {
    std::size_t height = 0;
    std::size_t width = 0;
    std::size_t rows = 1;
    std::size_t columns = 1;

    [[nodiscard]] std::size_t across() const noexcept { return (width + columns - 1) / columns; }
    [[nodiscard]] std::size_t count() const noexcept { return (height + rows - 1) / rows * across(); }
    [[nodiscard]] std::size_t block_of(std::size_t element) const noexcept {
        return element / width / rows * across() + element % width / columns;
    }
};

/// @tparam Grid has the count of its blocks and the block of each element
template <class Grid, class T>
[[nodiscard]] std::vector<double> mean_squares(const Grid& grid, const tensor<T>& w) {
    std::vector<double> sums(grid.count());
    std::vector<double> sizes(grid.count());
    for (std::size_t i = 0; i < w.size(); ++i) {
        sums[grid.block_of(i)] += static_cast<double>(w[i]) * static_cast<double>(w[i]);
        sizes[grid.block_of(i)] += 1;
    }
    for (std::size_t b = 0; b < sums.size(); ++b)
        sums[b] /= sizes[b];
    return sums;
}

/// Zeros in the share `remove` of the blocks, those of the smallest mean square.
template <class Grid, class T>
void remove_blocks(value<T>& v, const Grid& grid, float remove, const format::sparsity& pattern) {
    const auto& w = *v.reals();
    const auto low = lowest(mean_squares(grid, w), share_of(remove, grid.count()));
    std::vector<bool> marked(w.size());
    for (std::size_t i = 0; i < w.size(); ++i)
        marked[i] = low[grid.block_of(i)];
    put_zeros(v, marked, 0, pattern);
}

} // namespace detail

template <class T, class Layers>
result<graph<T, Layers>> blocks::operator()(graph<T, Layers> g) const {
    PITH_TRY(detail::check_share(remove));
    const auto pattern = format::sparsity::block(rows, columns);
    if (!pattern.is_valid())
        return fault{errc::bad_option, "a block has rows and columns, more than one weight in all",
                     std::to_string(rows) + "x" + std::to_string(columns)};
    for (const auto k : sparse_layers(g, dense)) {
        auto& v = g[g.nodes[k].inputs[1]];
        const auto width = static_cast<std::size_t>(v.dims.back());
        const detail::block_grid grid{v.reals()->size() / width, width, rows, columns};
        detail::remove_blocks(v, grid, remove, pattern);
    }
    return g;
}

} // namespace pith::prune

#endif
