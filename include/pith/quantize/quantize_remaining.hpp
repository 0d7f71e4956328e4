// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_QUANTIZE_REMAINING_HPP
#define PITH_QUANTIZE_QUANTIZE_REMAINING_HPP
/// Eight bits for what a partly annotated network leaves in floating point.

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/simulate.hpp"
#include "post_training.hpp"

namespace pith::quantize {

namespace detail {

/// A value that only levels are made from need not reach beyond the lowest and the highest of them.
template <class T, class Layers>
void end_with_levels(graph<T, Layers>& g, const std::vector<value_uses>& uses) {
    for (const auto& n : g.nodes) {
        if (layer_of<unary>(n) == nullptr || !has_levels(g[n.outputs[0]]))
            continue;
        auto& from = g[n.inputs[0]];
        if (!has_one_reader(uses[n.inputs[0]]) || !from.is_coded())
            continue;
        const encoding& to = g[n.outputs[0]].encoded;
        const float least = to.decode(0, to.codes().lowest);
        const float most = to.decode(0, to.codes().highest);
        from.encoded = encoding::per_tensor(format::affine_from_range(least, most));
    }
}

} // namespace detail

/// As post_training, but encodings that are there stay, and ranges are observed while the network runs in
/// them.
template <class T, class Layers>
[[nodiscard]] result<graph<T, Layers>> quantize_remaining(graph<T, Layers> g, const post_training& options) {
    auto all = g;
    const auto where =
        group_values(all, {.outputs = options.outputs, .in_real = options.in_real, .recode = true});
    if (!where)
        return where.error();
    const auto seen = detail::observe_sources(g, *where, options, [&](const auto& inputs, const auto& watch) {
        return simulate(g, inputs, watch);
    });
    if (!seen)
        return seen.error();
    all.values = g.values;
    const auto uses = uses_of(g);
    for (const auto& group : where->groups) {
        auto code = encoding::per_tensor(detail::code_of(g, uses, group, *seen));
        for (const auto id : group.members)
            if (g[id].is_coded())
                code = g[id].encoded;
        for (const auto id : group.members)
            all[id].encoded = code;
    }
    detail::end_with_levels(all, uses);
    PITH_TRY(detail::encode_constants(all, *where, options));
    return all;
}

} // namespace pith::quantize

#endif
