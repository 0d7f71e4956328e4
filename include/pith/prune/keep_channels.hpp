// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_KEEP_CHANNELS_HPP
#define PITH_PRUNE_KEEP_CHANNELS_HPP
/// Takes channels out of a network: smaller weights, smaller values.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../format/sparsity.hpp"
#include "../format/stored_elements.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "../graph/uses.hpp"
#include "channel_groups.hpp"
#include "layer_pruning.hpp"

namespace pith::prune {

/// Of every value of a network, by id.
using kept_of_values = std::vector<kept_channels>;

namespace detail {

[[nodiscard]] inline bool loses(const kept_channels& kept) {
    return std::find(kept.begin(), kept.end(), false) != kept.end();
}

/// The slices of one axis that stay.
template <class E>
[[nodiscard]] tensor<E> keep_slices(const tensor<E>& x, std::size_t axis, const kept_channels& kept) {
    shape dims = x.dims();
    const std::int64_t inner = dims.product(axis + 1, dims.rank());
    const std::int64_t outer = dims.product(0, axis);
    const std::int64_t size = dims[axis];
    dims[axis] = count_kept(kept);
    tensor<E> y(dims);
    E* to = y.data().data();
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < size; ++i)
            if (kept[static_cast<std::size_t>(i)])
                to = std::copy_n(x.data().data() + (o * size + i) * inner, inner, to);
    return y;
}

/// The layout in the file of a value whose last axis becomes smaller: of a flattened image, as long as every
/// pixel loses the same channels.
[[nodiscard]] inline std::optional<file_layout> keep_layout(file_layout l, const kept_channels& kept) {
    if (l.inner.empty())
        return l;
    const auto last = static_cast<std::size_t>(std::max<int>(l.order.back(), 1) - 1);
    if (last >= l.inner.size() || l.inner[last] <= 0)
        return std::nullopt;
    const auto channels = static_cast<std::size_t>(l.inner[last]);
    if (kept.size() % channels != 0)
        return std::nullopt;
    for (std::size_t i = channels; i < kept.size(); ++i)
        if (kept[i] != kept[i - channels])
            return std::nullopt;
    l.inner[last] = std::count(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(channels), true);
    return l;
}

/// Of weights that lost slices: blocks are not where they were, groups of channels may hold too many.
template <class T>
[[nodiscard]] format::sparsity kept_sparsity(const format::sparsity& s, const tensor<T>& w) {
    const auto columns = static_cast<std::size_t>(channels_of(w.dims()));
    const bool stays = s.pattern == format::sparsity_pattern::n_of_m && columns != 0 &&
                       format::obeys<T>(s, w.data(), columns);
    return stays ? s : format::sparsity::free();
}

template <class T, class Layers>
class channel_removal {
public:
    channel_removal(graph<T, Layers>& g, const kept_of_values& kept)
        : g_(g), kept_(kept), uses_(uses_of(g)) {}

    void run() {
        for (auto& n : g_.nodes)
            shrink(n);
        for (value_id id = 0; id < kept_.size(); ++id)
            if (loses(kept_[id]) && g_[id].layout)
                g_[id].layout = keep_layout(*g_[id].layout, kept_[id]);
    }

private:
    [[nodiscard]] kept_channels kept(value_id id) const {
        return id < kept_.size() && loses(kept_[id]) ? kept_[id] : kept_channels{};
    }
    void shrink(node<Layers>& n) {
        std::vector<shape> in, out;
        std::vector<kept_channels> kept_in, kept_out;
        for (const auto id : n.inputs) {
            in.push_back(id == no_value ? shape{} : g_[id].dims);
            kept_in.push_back(kept(id));
        }
        for (const auto id : n.outputs) {
            out.push_back(id == no_value ? shape{} : g_[id].dims);
            kept_out.push_back(kept(id));
        }
        const auto any = [](const auto& list) {
            return std::any_of(list.begin(), list.end(), [](const auto& k) { return !k.empty(); });
        };
        if (!any(kept_in) && !any(kept_out))
            return;
        with_layer(n.layer, [&]<class L>(L& layer, auto traits) {
            if constexpr (prunable_layer<L>) {
                if constexpr (decltype(traits)::role == layer_role::weighted)
                    shrink_weights(n, kept_in[0], kept_out[0]);
                else
                    shrink_constants(n, layer, traits, in, kept_out);
                layer_pruning<L>::shrink(layer, {in, out, kept_in, kept_out});
            }
        });
    }
    /// Weights [out, ..., in / groups] and a bias [out].
    void shrink_weights(node<Layers>& n, kept_channels read, const kept_channels& made) {
        const std::int64_t columns = g_[n.inputs[1]].dims.back();
        if (!read.empty() && columns < static_cast<std::int64_t>(read.size()))
            read.resize(static_cast<std::size_t>(columns)); // of the first group: the others are alike
        if (columns == 1 && g_[n.inputs[0]].dims.back() > 1)
            read.clear(); // one filter per channel
        replace(n.inputs[1], 0, made);
        replace(n.inputs[1], g_[n.inputs[1]].dims.rank() - 1, read);
        if (n.inputs.size() > 2 && n.inputs[2] != no_value)
            replace(n.inputs[2], 0, made);
    }
    /// Channels of a constant go when all outputs made of them do.
    template <class L, class Traits>
    void shrink_constants(node<Layers>& n, const L& layer, Traits traits, const std::vector<shape>& in,
                          const std::vector<kept_channels>& kept_out) {
        enum class fate : std::uint8_t { unread, goes, stays };
        std::vector<std::vector<fate>> fates;
        for (const auto& dims : in)
            fates.emplace_back(static_cast<std::size_t>(channels_of(dims)), fate::unread);
        for (std::size_t o = 0; o < n.outputs.size(); ++o)
            for (std::int64_t c = 0; n.outputs[o] != no_value && c < channels_of(g_[n.outputs[o]].dims);
                 ++c) {
                const bool stays = kept_out[o].empty() || kept_out[o][static_cast<std::size_t>(c)];
                for (const auto& s : traits.channels(layer, std::span<const shape>(in), o, c))
                    for (std::int64_t k = 0; k < s.count; ++k) {
                        auto& f = fates[s.input][static_cast<std::size_t>(s.first + k)];
                        f = stays || f == fate::stays ? fate::stays : fate::goes;
                    }
            }
        for (std::size_t i = 0; i < n.inputs.size(); ++i) {
            if (n.inputs[i] == no_value || !g_[n.inputs[i]].is_constant() || in[i].rank() == 0)
                continue;
            kept_channels stay;
            for (const auto f : fates[i])
                stay.push_back(f != fate::goes);
            replace(n.inputs[i], in[i].rank() - 1, stay);
        }
    }
    /// The constant without the slices that go: a copy if others read it too.
    void replace(value_id& id, std::size_t axis, const kept_channels& kept) {
        if (!loses(kept))
            return;
        if (uses_.size() <= id || uses_[id].readers.size() == 1) {
            cut(g_[id], axis, kept);
            return;
        }
        value<T> own = g_[id];
        cut(own, axis, kept);
        id = g_.add_value(std::move(own));
    }
    static void cut(value<T>& v, std::size_t axis, const kept_channels& kept) {
        std::visit(
            [&](auto& t) {
                if constexpr (requires { t.dims(); })
                    t = keep_slices(t, axis, kept);
            },
            v.constant);
        v.dims[axis] = count_kept(kept);
        if (!v.sparsity.is_dense() && v.reals() != nullptr)
            v.sparsity = kept_sparsity(v.sparsity, *v.reals());
        if (v.layout && axis + 1 == v.dims.rank())
            v.layout = keep_layout(*v.layout, kept);
    }

    graph<T, Layers>& g_;
    const kept_of_values& kept_;
    std::vector<value_uses> uses_;
};

} // namespace detail

/// What stays of every value when units go.
template <class T, class Layers>
[[nodiscard]] kept_of_values kept_without(const graph<T, Layers>& g,
                                          const std::vector<coupled_channels>& gone) {
    kept_of_values kept(g.values.size());
    for (const auto& unit : gone)
        for (const auto& [id, channel] : unit) {
            if (kept[id].empty())
                kept[id].assign(static_cast<std::size_t>(channels_of(g[id].dims)), true);
            kept[id][static_cast<std::size_t>(channel)] = false;
        }
    return kept;
}

/// The network without those channels. @pre they are whole units of find_channel_groups that can go, and
/// leave a channel of every value
template <class T, class Layers>
[[nodiscard]] result<graph<T, Layers>> keep_channels(graph<T, Layers> g, const kept_of_values& kept) {
    detail::channel_removal<T, Layers>(g, kept).run();
    PITH_TRY(infer_shapes(g));
    for (value_id id = 0; id < kept.size(); ++id)
        if (detail::loses(kept[id]) && channels_of(g[id].dims) != count_kept(kept[id]))
            return fault{errc::unsupported,
                         "a layer does not shrink with its channels; report the network, please", g[id].name};
    return g;
}

} // namespace pith::prune

#endif
