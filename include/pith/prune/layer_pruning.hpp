// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_LAYER_PRUNING_HPP
#define PITH_PRUNE_LAYER_PRUNING_HPP
/// What pruning must know of a kind of layer: layer_pruning<L>. A kind without it keeps its channels.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "../base/shape.hpp"
#include "../graph/channels.hpp"
#include "../graph/layer_list.hpp"

namespace pith::prune {

/// One entry per channel of a value; no entries: all of them stay.
using kept_channels = std::vector<bool>;

/// Channels that stay.
[[nodiscard]] inline std::int64_t count_kept(const kept_channels& kept) {
    return std::count(kept.begin(), kept.end(), true);
}

/// A node whose channels become fewer: the shapes are those before.
struct shrinking {
    std::span<const shape> in;
    std::span<const shape> out;
    std::span<const kept_channels> kept_in;
    std::span<const kept_channels> kept_out;
};

/// A channel of an input or of an output of a node.
struct port {
    bool output = false;
    std::size_t index = 0;
    std::int64_t channel = 0;
};

/// Of a kind of layer L, specialised beside it, in namespace pith::prune. All static:
///   void shrink(L&, const shrinking&)   what its attributes say of channels follows
/// and, for layers to which it applies,
///   const char* refusal(const L&, std::span<const shape> in, std::span<const shape> out)   why its channels
///   must stay void couple(const L&, std::span<const shape> in, std::span<const shape> out, const Join&)
///   calls join(port, port)
///                                   for channels that can only go together; without it, an output channel
///                                   goes with those that layer_traits<L>::channels says it is made of
///   bool repeats = true             an input of one channel is repeated for all of the output's
///   bool fills = true               output channels that come from nowhere can go
template <class Layer>
struct layer_pruning;

/// No attribute names channels.
struct shrinks_by_itself {
    /// Nothing to change: the layer's attributes name no channels.
    template <class Layer>
    static void shrink(Layer&, const shrinking&) {}
};

/// Layers that can lose channels.
template <class L>
concept prunable_layer = requires(L& l, const shrinking& s) {
    layer_pruning<L>::shrink(l, s);
};

namespace detail {

/// Channels before `end` that stay; the end may be beyond the channels.
[[nodiscard]] inline std::int64_t kept_before(const kept_channels& kept, std::int64_t end) {
    if (kept.empty())
        return end;
    end = std::clamp<std::int64_t>(end, 0, static_cast<std::int64_t>(kept.size()));
    return std::count(kept.begin(), kept.begin() + end, true);
}

[[nodiscard]] inline std::int64_t kept_of(const kept_channels& kept, const shape& before) {
    return kept.empty() ? channels_of(before) : count_kept(kept);
}

} // namespace detail

template <>
struct layer_pruning<dense> : shrinks_by_itself {
    template <class Join>
    static void couple(const dense&, std::span<const shape>, std::span<const shape>, const Join&) {}
};

/// One filter per channel goes with its channel. Of other groups, each gives the same channels away, so that
/// they stay alike.
template <>
struct layer_pruning<conv2d> {
    template <class Join>
    static void couple(const conv2d& layer, std::span<const shape> in, std::span<const shape> out,
                       const Join& join) {
        const std::int64_t groups = layer.groups;
        if (groups == 1)
            return;
        const std::int64_t made = out[0].back() / groups;
        const std::int64_t read = in[1].back();
        for (std::int64_t c = 0; c < out[0].back(); ++c)
            if (read == 1)
                join(port{true, 0, c}, port{false, 0, c / made});
            else
                join(port{true, 0, c}, port{true, 0, c % made});
        for (std::int64_t c = read; read > 1 && c < in[0].back(); ++c)
            join(port{false, 0, c}, port{false, 0, c % read});
    }
    static void shrink(conv2d& layer, const shrinking& s) {
        if (layer.groups > 1 && s.in[1].back() == 1)
            layer.groups = static_cast<std::uint32_t>(detail::kept_of(s.kept_in[0], s.in[0]));
    }
};

template <>
struct layer_pruning<matmul> : shrinks_by_itself {};
template <>
struct layer_pruning<batch_norm> : shrinks_by_itself {};
template <>
struct layer_pruning<unary> : shrinks_by_itself {};
template <>
struct layer_pruning<binary> : shrinks_by_itself {
    static constexpr bool repeats = true;
};
template <>
struct layer_pruning<pool2d> : shrinks_by_itself {};
template <>
struct layer_pruning<reduce> : shrinks_by_itself {};
template <>
struct layer_pruning<softmax> : shrinks_by_itself {};
template <>
struct layer_pruning<concat> : shrinks_by_itself {};
template <>
struct layer_pruning<transpose> : shrinks_by_itself {};
template <>
struct layer_pruning<resize2d> : shrinks_by_itself {};
template <>
struct layer_pruning<gather> : shrinks_by_itself {};
template <>
struct layer_pruning<cast> : shrinks_by_itself {};

template <>
struct layer_pruning<split> {
    static void shrink(split& layer, const shrinking& s) {
        for (std::size_t i = 0; i < layer.sizes.size(); ++i)
            if (layer.axis + std::size_t{1} == s.in[0].rank() && i < s.out.size())
                layer.sizes[i] = detail::kept_of(s.kept_out[i], s.out[i]);
    }
};

template <>
struct layer_pruning<slice> {
    static const char* refusal(const slice& layer, std::span<const shape> in, std::span<const shape> out) {
        if (in[0].rank() == 0 || (out[0] == in[0] && layer.steps.back() == 1))
            return nullptr;
        return layer.steps.back() == 1 ? nullptr : "a slice takes channels in steps";
    }
    static void shrink(slice& layer, const shrinking& s) {
        if (s.in[0].rank() == 0)
            return;
        layer.begins.back() = detail::kept_before(s.kept_in[0], layer.begins.back());
        layer.sizes.back() = detail::kept_of(s.kept_out[0], s.out[0]);
    }
};

template <>
struct layer_pruning<pad> {
    static constexpr bool fills = true;

    static const char* refusal(const pad& layer, std::span<const shape>, std::span<const shape>) {
        const bool moves = !layer.before.empty() && (layer.before.back() != 0 || layer.after.back() != 0);
        return moves && layer.mode != pad_mode::constant ? "a padding repeats channels" : nullptr;
    }
    /// Counts below zero crop.
    static void shrink(pad& layer, const shrinking& s) {
        if (layer.before.empty())
            return;
        std::int64_t& before = layer.before.back();
        std::int64_t& after = layer.after.back();
        const std::int64_t in = s.in[0].back();
        const std::int64_t end = s.out[0].back() - after; // of what comes from the input
        const std::int64_t kept = detail::kept_of(s.kept_in[0], s.in[0]);
        after = after >= 0
                    ? detail::kept_of(s.kept_out[0], s.out[0]) - detail::kept_before(s.kept_out[0], end)
                    : detail::kept_before(s.kept_in[0], in + after) - kept;
        before = before >= 0 ? detail::kept_before(s.kept_out[0], before)
                             : -detail::kept_before(s.kept_in[0], -before);
    }
};

template <>
struct layer_pruning<reshape> {
    static void shrink(reshape& layer, const shrinking& s) {
        if (!layer.dims.empty() && layer.dims.back() > 0)
            layer.dims.back() = detail::kept_of(s.kept_out[0], s.out[0]);
    }
};

template <>
struct layer_pruning<expand> {
    static constexpr bool repeats = true;

    static void shrink(expand& layer, const shrinking& s) {
        if (!layer.dims.empty() && layer.dims.back() != 1)
            layer.dims.back() = detail::kept_of(s.kept_out[0], s.out[0]);
    }
};

} // namespace pith::prune

#endif
