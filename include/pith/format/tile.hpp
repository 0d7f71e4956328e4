// SPDX-License-Identifier: MIT
#ifndef PITH_FORMAT_TILE_HPP
#define PITH_FORMAT_TILE_HPP
/// How packed weights are cut: panels of `outputs` output channels, inside them `depth` consecutive inputs of
/// one output next to each other.
///
/// Packed layout: [ceil(out / outputs)][runs][round_up(run_length, depth) / depth][outputs][depth], zero
/// filled. A run is a stretch of inputs that lie next to each other in memory (see kernel/window.hpp).

#include <cstddef>
#include <cstdint>

#include "../base/bits.hpp"

namespace pith::format {

struct tile {
    std::uint16_t outputs = 1; ///< output channels in a panel
    std::uint16_t depth = 1;   ///< consecutive inputs kept together

    friend constexpr bool operator==(const tile& a, const tile& b) noexcept {
        return a.outputs == b.outputs && a.depth == b.depth;
    }
};

/// What a kernel that reads every tile declares.
inline constexpr tile any_tile{0, 0};

/// Elements of packed weights for `out` output channels over `runs` runs of `run_length` inputs each.
[[nodiscard]] constexpr std::size_t packed_elements(tile t, std::size_t out, std::size_t runs,
                                                    std::size_t run_length) noexcept {
    return round_up(out, std::size_t{t.outputs}) * runs * round_up(run_length, std::size_t{t.depth});
}

/// Where weight (out, run, input) lies in packed weights.
[[nodiscard]] constexpr std::size_t packed_index(tile t, std::size_t runs, std::size_t run_length,
                                                 std::size_t out, std::size_t run,
                                                 std::size_t input) noexcept {
    const std::size_t groups = round_up(run_length, std::size_t{t.depth}) / t.depth;
    const std::size_t panel = out / t.outputs;
    const std::size_t lane = out % t.outputs;
    return (((panel * runs + run) * groups + input / t.depth) * t.outputs + lane) * t.depth + input % t.depth;
}

} // namespace pith::format

#endif
