// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_CHANNELS_HPP
#define PITH_GRAPH_CHANNELS_HPP
/// Which channels of a layer's inputs a channel of its outputs comes from. Channels are the last axis; a
/// value without axes has one.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/shape.hpp"

namespace pith {

/// `count` channels of one input from `first` on.
struct channel_range {
    std::size_t input = 0;
    std::int64_t first = 0;
    std::int64_t count = 1;

    friend bool operator==(const channel_range&, const channel_range&) = default;
};

/// Ascending. Weights and indices are no sources: they have no channels in this sense.
using channel_sources = std::vector<channel_range>;

/// The size of the last axis; 1 for a scalar.
[[nodiscard]] inline std::int64_t channels_of(const shape& s) {
    return s.rank() == 0 ? 1 : s.back();
}

/// The same channel of every input, or the only one of an input that is repeated.
[[nodiscard]] inline channel_sources same_channel(std::span<const shape> in, std::int64_t channel) {
    channel_sources out;
    for (std::size_t i = 0; i < in.size(); ++i)
        out.push_back({i, channels_of(in[i]) == 1 ? 0 : channel, 1});
    return out;
}

/// Every channel of every input.
[[nodiscard]] inline channel_sources all_channels(std::span<const shape> in) {
    channel_sources out;
    for (std::size_t i = 0; i < in.size(); ++i)
        out.push_back({i, 0, channels_of(in[i])});
    return out;
}

} // namespace pith

#endif
