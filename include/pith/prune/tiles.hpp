// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_TILES_HPP
#define PITH_PRUNE_TILES_HPP
/// tiles: weights go by the block that a sparse kernel multiplies at once, those of the smallest mean square
/// first, so that packed programs leave them out.

#include <cstddef>
#include <cstdint>
#include <string>

#include "blocks.hpp"

namespace pith::prune {

/// A tile is `outputs` consecutive outputs by `inputs` consecutive input channels of one kernel element;
/// tiles start at multiples of their size, and those at the ends may be cut off. Float kernels multiply tiles
/// of 16 by 1, int8 kernels of 16 by 4. (`blocks` counts kernel elements as rows: its blocks are tiles in
/// dense layers and 1x1 convolutions only.)
struct tiles {
    std::uint8_t outputs = 16;
    std::uint8_t inputs = 1;
    float remove = 0.5f; ///< share of each layer's tiles, [0, 1)
    dense_layers dense{};

    template <class T, class Layers>
    [[nodiscard]] result<graph<T, Layers>> operator()(graph<T, Layers> g) const;
};

namespace detail {

/// Weights [output][kernel element][input channel] cut into tiles.
struct tile_grid {
    std::size_t height = 0; ///< outputs
    std::size_t taps = 1;
    std::size_t width = 0; ///< input channels
    std::size_t outputs = 16;
    std::size_t inputs = 1;

    [[nodiscard]] std::size_t across() const noexcept { return taps * ((width + inputs - 1) / inputs); }
    [[nodiscard]] std::size_t count() const noexcept { return (height + outputs - 1) / outputs * across(); }
    [[nodiscard]] std::size_t block_of(std::size_t element) const noexcept {
        const std::size_t tap = element / width % taps;
        return element / width / taps / outputs * across() + tap * (across() / taps) +
               element % width / inputs;
    }
};

} // namespace detail

template <class T, class Layers>
result<graph<T, Layers>> tiles::operator()(graph<T, Layers> g) const {
    PITH_TRY(detail::check_share(remove));
    if (outputs == 0 || inputs == 0)
        return fault{errc::bad_option, "a tile has at least one output and one input",
                     std::to_string(outputs) + "x" + std::to_string(inputs)};
    for (const auto k : sparse_layers(g, dense)) {
        auto& v = g[g.nodes[k].inputs[1]];
        const auto height = static_cast<std::size_t>(v.dims[0]);
        const auto width = static_cast<std::size_t>(v.dims.back());
        const detail::tile_grid grid{height, v.reals()->size() / height / width, width, outputs, inputs};
        detail::remove_blocks(v, grid, remove, format::sparsity::free());
    }
    return g;
}

} // namespace pith::prune

#endif
