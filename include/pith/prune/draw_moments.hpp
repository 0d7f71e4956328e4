// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_DRAW_MOMENTS_HPP
#define PITH_PRUNE_DRAW_MOMENTS_HPP
/// Moments of layers, drawn from networks at work.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../base/random.hpp"
#include "../base/result.hpp"
#include "../graph/gram.hpp"
#include "../graph/graph.hpp"
#include "../graph/layer_row.hpp"
#include "../graph/reads_rows.hpp"
#include "../graph/sample_walk.hpp"
#include "keep_channels.hpp"

namespace pith::prune {

/// What a layer is looked at with.
struct calibration_options {
    sample_source calibration{};
    std::size_t samples = 256; ///< at most; what every layer reads is kept for all of them
    std::size_t rows = 16384;  ///< output positions of a layer
    std::uint64_t seed = 1;

    [[nodiscard]] bool given() const noexcept { return static_cast<bool>(calibration); }
};

namespace detail {

/// More weights of one output, and their moments would take gigabytes.
inline constexpr std::size_t most_depth = 8192;

/// Where a layer's rows come from: what it reads, and what it should give, or null.
template <class T, class Layers>
struct row_sources {
    const sample_walk<T, Layers>& reads;
    const sample_walk<T, Layers>* gives = nullptr;
    kept_channels kept{}; ///< of what it should give; no entries: all
};

template <class Layers>
[[nodiscard]] std::size_t groups_of(const node<Layers>& n) {
    const auto* conv = layer_of<conv2d>(n);
    return conv == nullptr ? 1 : conv->groups;
}

/// Output positions of a conv2d or dense layer on x.
template <class T, class Layers>
[[nodiscard]] std::size_t positions_of(const node<Layers>& n, const tensor<T>& w, const tensor<T>& x) {
    const auto* conv = layer_of<conv2d>(n);
    if (conv == nullptr)
        return x.size() / static_cast<std::size_t>(std::max<std::int64_t>(w.dims()[1], 1));
    const auto along = [&](std::size_t axis) {
        return static_cast<std::size_t>(
            *outputs_of(pith::detail::conv_axis(*conv, x.dims(), w.dims(), axis)));
    };
    return static_cast<std::size_t>(x.dims()[0]) * along(0) * along(1);
}

/// Sums over about options.rows positions of a conv2d or dense layer, evenly from all samples. Without a
/// network that says what it should give, that is zeros, one for each group.
/// @param w of the network that reads
template <class T, class Layers>
[[nodiscard]] gram_sums draw_moments(const node<Layers>& n, const tensor<T>& w,
                                     const row_sources<T, Layers>& from, const calibration_options& options,
                                     std::uint64_t seed) {
    const auto made = static_cast<std::size_t>(w.dims()[0]);
    const std::size_t depth = w.size() / made;
    const std::size_t groups = groups_of(n);
    const std::size_t outputs = from.gives != nullptr ? made : groups;
    gram_sums sums(depth, outputs, groups);
    const std::size_t samples = from.reads.samples();
    const std::size_t most = (options.rows + samples - 1) / samples;
    for (std::size_t i = 0; i < samples; ++i) {
        const tensor<T> x = from.reads.value(n.inputs[0], i);
        tensor<T> y;
        if (from.gives != nullptr)
            y = from.gives->value(n.outputs[0], i);
        if (loses(from.kept))
            y = keep_slices(y, y.dims().rank() - 1, from.kept);
        const std::size_t positions = positions_of(n, w, x);
        const std::size_t each = std::min(positions, most);
        std::vector<T> rows(groups * each * depth);
        std::vector<T> targets(each * outputs);
        random_bits bits(seed + i);
        for (std::size_t j = 0; j < each; ++j) {
            const std::size_t at = each == positions ? j : bits.below(positions);
            copy_row(n.layer, w, x, at, rows.data() + j * depth, each * depth);
            if (!y.empty())
                std::copy_n(y.data().data() + at * outputs, outputs, targets.data() + j * outputs);
        }
        sums.add(each, rows.data(), targets.data());
    }
    return sums;
}

} // namespace detail
} // namespace pith::prune

#endif
