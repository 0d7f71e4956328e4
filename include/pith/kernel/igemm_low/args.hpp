// SPDX-License-Identifier: MIT
#ifndef PITH_KERNEL_IGEMM_LOW_ARGS_HPP
#define PITH_KERNEL_IGEMM_LOW_ARGS_HPP
/// Integer convolution and dense layers whose weights are stored in less than eight bits.

#include <cstddef>
#include <cstdint>

#include "../../base/on_use.hpp"
#include "../../format/low_bit.hpp"
#include "../igemm/args.hpp"

namespace pith::kernel {

static_assert(format::low_bit_tile == igemm_vector_tile, "low-bit kernels decode panels for igemm's");

/// Weights of a group: what decoders read and write at a time.
inline constexpr int group_weights = format::low_bit_tile.outputs * format::low_bit_tile.depth;

/// As igemm_args, with the weights decoded on the way. Weights that fill up a tile may decode to anything.
struct igemm_low_args {
    igemm_args dense;                      ///< without its weights; packed by format::low_bit_tile
    const std::uint8_t* weights = nullptr; ///< format/low_bit.hpp, 16-byte aligned
    format::low_bit_codes codes;
};

/// What vector kernels decode weights to.
enum class decode_to {
    indices, ///< as they are
    codes,   ///< plus the lowest code
    levels   ///< looked up
};

/// The codes of indices where vectors may read them.
struct code_table {
    alignas(64) std::int8_t codes[format::most_levels + 16];

    explicit code_table(const format::low_bit_codes& c) noexcept { format::fill_levels(c, codes); }
};

/// Groups of weights in a panel.
[[nodiscard]] constexpr std::size_t groups_of(const window& over) noexcept {
    return std::size_t{over.runs()} * ((over.run_length + 3) / 4);
}

} // namespace pith::kernel

#endif
