// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_PANELS_HPP
#define PITH_PLAN_PANELS_HPP
/// Weights, biases and factors in the order kernels read them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/bits.hpp"
#include "../format/low_bit.hpp"
#include "../format/tile.hpp"
#include "../run/op/window.hpp"

namespace pith::plan {

/// Weights [out, runs * run length], group by group in panels of `tile`, zero filled.
template <class E>
[[nodiscard]] std::vector<E> pack_panels(std::span<const E> weights, format::tile tile, std::size_t out,
                                         std::size_t groups, const run::op::run_shape& run) {
    const std::size_t runs = std::size_t{run.rows} * run.columns;
    const auto length = static_cast<std::size_t>(run.length);
    const std::size_t per_group = out / groups;
    const std::size_t size = format::packed_elements(tile, per_group, runs, length);
    std::vector<E> packed(groups * size, E{});
    const E* from = weights.data();
    for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t o = 0; o < per_group; ++o)
            for (std::size_t r = 0; r < runs; ++r)
                for (std::size_t k = 0; k < length; ++k)
                    packed[g * size + format::packed_index(tile, runs, length, o, r, k)] = *from++;
    return packed;
}

/// Indices in panels of format::low_bit_tile, each in `bits` bits.
[[nodiscard]] inline std::vector<std::uint8_t> pack_indices(std::span<const std::uint8_t> panels,
                                                            unsigned bits) {
    std::vector<std::uint8_t> packed(format::low_bit_bytes(panels.size(), bits), std::uint8_t{0});
    for (std::size_t i = 0; i < panels.size(); ++i)
        format::put_index(packed.data() + format::low_bit_bytes(i / 64 * 64, bits), bits, i % 64, panels[i]);
    return packed;
}

/// Depthwise weights [channels, taps] as [taps][channels rounded up to depthwise_lanes].
template <class E>
[[nodiscard]] std::vector<E> pack_depthwise(std::span<const E> weights, std::size_t channels,
                                            std::size_t taps) {
    const std::size_t lanes = round_up(channels, std::size_t{run::op::depthwise_lanes});
    std::vector<E> packed(taps * lanes, E{});
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t t = 0; t < taps; ++t)
            packed[t * lanes + c] = weights[c * taps + t];
    return packed;
}

/// One number per output channel, each group filled up to whole panels.
template <class E>
[[nodiscard]] std::vector<E> pack_channels(std::span<const E> values, std::size_t groups, std::size_t lanes) {
    const std::size_t per_group = values.size() / groups;
    const std::size_t padded = round_up(per_group, lanes);
    std::vector<E> packed(groups * padded, E{});
    for (std::size_t i = 0; i < values.size(); ++i)
        packed[i / per_group * padded + i % per_group] = values[i];
    return packed;
}

/// bias - input_zero * sum of the output's weights, modulo 2^32: what is left to add when kernels multiply
/// raw codes. Weights are [out, depth].
[[nodiscard]] inline std::vector<std::int32_t> fold_zero(const std::vector<std::int32_t>& bias,
                                                         std::span<const std::int8_t> weights,
                                                         std::int32_t input_zero) {
    std::vector<std::int32_t> folded(bias.size());
    const std::size_t depth = bias.empty() ? 0 : weights.size() / bias.size();
    for (std::size_t o = 0; o < bias.size(); ++o) {
        std::uint32_t sum = 0;
        for (std::size_t k = 0; k < depth; ++k)
            sum += static_cast<std::uint32_t>(std::int32_t{weights[o * depth + k]});
        folded[o] = static_cast<std::int32_t>(static_cast<std::uint32_t>(bias[o]) -
                                              static_cast<std::uint32_t>(input_zero) * sum);
    }
    return folded;
}

} // namespace pith::plan

#endif
