// SPDX-License-Identifier: MIT
#ifndef PITH_PRUNE_CHANNEL_GROUPS_HPP
#define PITH_PRUNE_CHANNEL_GROUPS_HPP
/// Which channels of a network depend on each other, so that they can only be removed together.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/channels.hpp"
#include "../graph/graph.hpp"
#include "../graph/reads_rows.hpp"
#include "../graph/uses.hpp"
#include "coupled_slots.hpp"
#include "layer_pruning.hpp"

namespace pith::prune {

/// A channel of a computed value.
struct channel_at {
    value_id value = no_value;
    std::int64_t channel = 0;

    friend bool operator==(const channel_at&, const channel_at&) = default;
    friend bool operator<(const channel_at& a, const channel_at& b) noexcept {
        return a.value != b.value ? a.value < b.value : a.channel < b.channel;
    }
};

/// Channels that can only go together, ascending.
using coupled_channels = std::vector<channel_at>;

/// Units that lie in the same values, as often in each: one of them is as good to remove as another.
struct channel_group {
    std::vector<coupled_channels> units;
    std::string name; ///< the first layer that makes some of them
    std::string why;  ///< they have to stay; empty: they can go
};

namespace detail {

/// The dependencies of one network under examination. Constants are no slots but at the node that reads them.
template <class T, class Layers>
class channel_coupling {
public:
    explicit channel_coupling(const graph<T, Layers>& g)
        : g_(g), uses_(uses_of(g)), first_(g.values.size()), slots_(lay_out()) {}

    [[nodiscard]] std::vector<channel_group> groups() {
        keep_doors();
        for (const auto& n : g_.nodes)
            couple(n);
        return collect();
    }

private:
    [[nodiscard]] bool has_slots(value_id id) const {
        return id != no_value && !g_[id].is_constant() && channels_of(g_[id].dims) > 0;
    }
    std::size_t lay_out() {
        std::size_t end = 0;
        for (value_id id = 0; id < g_.values.size(); ++id) {
            first_[id] = end;
            end += has_slots(id) ? static_cast<std::size_t>(channels_of(g_[id].dims)) : 0;
        }
        return end;
    }
    [[nodiscard]] std::size_t slot(value_id id, std::int64_t channel) const {
        return first_[id] + static_cast<std::size_t>(channel);
    }
    void keep(value_id id, std::uint32_t reason, std::int64_t first = 0, std::int64_t count = -1) {
        if (!has_slots(id))
            return;
        const std::int64_t end = count < 0 ? channels_of(g_[id].dims) : first + count;
        for (std::int64_t c = first; c < end; ++c)
            slots_.keep(slot(id, c), reason);
    }
    void keep_node(const node<Layers>& n, const std::string& why) {
        const auto reason = slots_.reason(why + " ('" + n.name + "')");
        for (const auto* list : {&n.inputs, &n.outputs})
            for (const auto id : *list)
                keep(id, reason);
    }
    void keep_doors() {
        for (const auto id : g_.inputs)
            keep(id, slots_.reason("an input of the network ('" + g_[id].name + "')"));
        for (const auto id : g_.outputs)
            keep(id, slots_.reason("an output of the network ('" + g_[id].name + "')"));
    }

    /// Why a layer with weights cannot lose some of them, or null.
    [[nodiscard]] const char* weights_refuse(const node<Layers>& n) const {
        for (std::size_t i = 1; i < n.inputs.size(); ++i)
            if (n.inputs[i] != no_value && g_[n.inputs[i]].reals() == nullptr)
                return "weights or a bias are computed";
        return uses_[n.inputs[1]].readers.size() == 1 && !uses_[n.inputs[1]].is_output
                   ? nullptr
                   : "weights are shared with another layer";
    }
    [[nodiscard]] std::vector<shape> dims_of_all(const std::vector<value_id>& ids) const {
        std::vector<shape> dims;
        for (const auto id : ids)
            dims.push_back(id == no_value ? shape{} : g_[id].dims);
        return dims;
    }

    void couple(const node<Layers>& n) {
        for (const auto id : n.outputs)
            if (id == no_value)
                return keep_node(n, "an output is not given");
        if (const char* why = has_weights(n.layer) ? weights_refuse(n) : nullptr)
            return keep_node(n, why);
        const auto in = dims_of_all(n.inputs);
        const auto out = dims_of_all(n.outputs);
        with_layer(n.layer, [&]<class L>(const L& layer, auto traits) {
            if constexpr (!prunable_layer<L>)
                keep_node(n, "nothing is known of how a " + std::string(traits.kind(layer)) + " shrinks");
            else
                couple_known(n, layer, traits, std::span<const shape>(in), std::span<const shape>(out));
        });
    }
    template <class L, class Traits>
    void couple_known(const node<Layers>& n, const L& layer, Traits traits, std::span<const shape> in,
                      std::span<const shape> out) {
        using pruning = layer_pruning<L>;
        if constexpr (requires { pruning::refusal(layer, in, out); })
            if (const char* why = pruning::refusal(layer, in, out))
                return keep_node(n, why);
        const auto at = [&](const port& p) {
            return slot(p.output ? n.outputs[p.index] : n.inputs[p.index], p.channel);
        };
        const auto join = [&](const port& a, const port& b) { slots_.join(at(a), at(b)); };
        if constexpr (requires { pruning::couple(layer, in, out, join); }) {
            if (has_slots(n.inputs[0]) && has_slots(n.outputs[0]))
                pruning::couple(layer, in, out, join);
        } else if constexpr (Traits::role == layer_role::weighted) {
            keep_node(n, "nothing is known of which weight meets which channel");
        } else {
            follow_map<pruning>(n, layer, traits, in);
        }
    }
    template <class Pruning, class L, class Traits>
    void follow_map(const node<Layers>& n, const L& layer, Traits traits, std::span<const shape> in) {
        constexpr std::size_t most_sources = std::size_t{1} << 24;
        const auto mixed =
            slots_.reason(std::string(traits.kind(layer)) + " mixes channels ('" + n.name + "')");
        std::size_t seen = 0;
        for (std::size_t o = 0; o < n.outputs.size(); ++o) {
            const std::int64_t channels = has_slots(n.outputs[o]) ? channels_of(g_[n.outputs[o]].dims) : 0;
            for (std::int64_t c = 0; c < channels; ++c) {
                const auto sources = traits.channels(layer, in, o, c);
                seen += sources.size() + 1;
                if (seen > most_sources)
                    return keep_node(n, "more channels than are looked at");
                if (sources.empty() && !fills<Pruning>())
                    slots_.keep(slot(n.outputs[o], c), mixed);
                for (const auto& s : sources)
                    follow(n, {true, o, c}, s, repeats<Pruning>() && channels > 1, mixed);
            }
        }
    }
    /// @param repeated the only channel of an input says nothing of which of the output's can go
    void follow(const node<Layers>& n, const port& to, const channel_range& from, bool repeated,
                std::uint32_t mixed) {
        const value_id x = n.inputs[from.input];
        const value_id y = n.outputs[to.index];
        if (repeated && channels_of(g_[x].dims) == 1)
            return;
        if (from.count != 1) {
            keep(x, mixed, from.first, from.count);
            slots_.keep(slot(y, to.channel), mixed);
        } else if (has_slots(x)) {
            slots_.join(slot(x, from.first), slot(y, to.channel));
        }
    }
    template <class Pruning>
    static constexpr bool repeats() {
        return requires {
            requires Pruning::repeats;
        };
    }
    template <class Pruning>
    static constexpr bool fills() {
        return requires {
            requires Pruning::fills;
        };
    }

    [[nodiscard]] std::vector<channel_group> collect() const {
        std::map<std::uint32_t, coupled_channels> units;
        for (value_id id = 0; id < g_.values.size(); ++id)
            for (std::int64_t c = 0; has_slots(id) && c < channels_of(g_[id].dims); ++c)
                units[slots_.set_of(slot(id, c))].push_back({id, c});
        using signature = std::pair<std::vector<value_id>, std::string>;
        std::map<signature, std::vector<coupled_channels>> alike;
        for (auto& [set, unit] : units) {
            signature s{{}, slots_.why(set)};
            for (const auto& member : unit)
                s.first.push_back(member.value);
            alike[std::move(s)].push_back(std::move(unit));
        }
        std::vector<channel_group> groups;
        for (auto& [s, list] : alike) {
            std::sort(list.begin(), list.end());
            if (auto name = maker_of(s.first); !name.empty())
                groups.push_back({std::move(list), std::move(name), s.second});
        }
        return groups;
    }
    /// The first layer with weights that makes one of the values, or nothing.
    [[nodiscard]] std::string maker_of(const std::vector<value_id>& values) const {
        node_index first = no_node;
        for (const auto id : values)
            if (const node_index k = uses_[id].producer; k < first && has_weights(g_.nodes[k].layer))
                first = k;
        return first == no_node ? std::string{} : g_.nodes[first].name;
    }

    const graph<T, Layers>& g_;
    std::vector<value_uses> uses_;
    std::vector<std::size_t> first_;
    coupled_slots slots_;
};

} // namespace detail

/// Of every channel that a layer with weights makes. @pre the graph's shapes are inferred
template <class T, class Layers>
[[nodiscard]] result<std::vector<channel_group>> find_channel_groups(const graph<T, Layers>& g) {
    constexpr std::int64_t most = std::int64_t{1} << 26;
    std::int64_t slots = 0;
    for (const auto& v : g.values)
        slots += v.is_constant() ? 0 : std::min(channels_of(v.dims), most);
    if (slots > most)
        return fault{errc::unsupported, "the network has more channels than pruning looks at",
                     std::to_string(slots) + " in all its values, at most " + std::to_string(most)};
    return detail::channel_coupling<T, Layers>(g).groups();
}

} // namespace pith::prune

#endif
