// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_INFER_HPP
#define PITH_GRAPH_INFER_HPP
/// Shape inference over a whole graph.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "../base/result.hpp"
#include "graph.hpp"
#include "value_info.hpp"

namespace pith {

/// The fault with the node's name and kind as its place, unless it names one already.
template <class Layers>
[[nodiscard]] fault at_node(const fault& f, const node<Layers>& n) {
    if (f.where[0] != '\0')
        return f;
    std::string place = "node '" + n.name + "' (";
    place += kind_of(n.layer);
    return fault{f.code, f.what, place + ")"};
}

/// What a layer's outputs would be.
template <class Any>
[[nodiscard]] result<value_infos> infer_layer(const Any& layer, std::span<const value_info> in) {
    return with_layer(layer, [&](const auto& one, auto traits) { return traits.infer(one, in); });
}

/// What inference knows of a value.
template <class T, class Layers>
[[nodiscard]] value_info info_of(const graph<T, Layers>& g, value_id id) {
    if (id == no_value)
        return {.dims = {}, .type = format::dtype::f32, .present = false};
    return {.dims = g[id].dims, .type = g[id].type, .present = true};
}

/// What a node's outputs would be, from the shapes and types of its inputs as the graph has them.
template <class T, class Layers>
[[nodiscard]] result<value_infos> infer_node(const graph<T, Layers>& g, const node<Layers>& n) {
    value_infos in;
    for (const auto id : n.inputs)
        in.push_back(info_of(g, id));
    auto out = infer_layer(n.layer, in);
    if (!out)
        return at_node(out.error(), n);
    if (out->size() < n.outputs.size())
        return at_node({errc::bad_shape, "the node has more outputs than its operator gives"}, n);
    return out;
}

/// Writes the shape and type of every computed value, or says which node does not fit.
template <class T, class Layers>
result<void> infer_shapes(graph<T, Layers>& g) {
    for (const auto& n : g.nodes) {
        const auto out = infer_node(g, n);
        if (!out)
            return out.error();
        for (std::size_t i = 0; i < n.outputs.size(); ++i)
            if (n.outputs[i] != no_value) {
                g[n.outputs[i]].dims = (*out)[i].dims;
                g[n.outputs[i]].type = (*out)[i].type;
            }
    }
    return {};
}

namespace detail {

/// Layers whose attributes would pin the first axis at the batch they were made for.
template <class T, class Layers>
void free_batch(const graph<T, Layers>& g, node<Layers>& n, std::int64_t batch) {
    const auto leads = [&](value_id id) {
        return id != no_value && !g[id].is_constant() && g[id].dims.rank() > 0 && g[id].dims[0] == batch;
    };
    if (n.inputs.empty() || n.outputs.empty() || !leads(n.inputs[0]) || !leads(n.outputs[0]))
        return;
    with_layer(n.layer, [&](auto& layer, auto traits) {
        if constexpr (requires { traits.free_batch(layer, shape{}, batch); })
            traits.free_batch(layer, g[n.outputs[0]].dims, batch);
    });
}

} // namespace detail

/// Gives every graph input the batch (first axis) `count` and infers all shapes again. Reshapes, slices and
/// expansions that keep the first axis follow; a network that mixes the batch into another axis is refused.
template <class T, class Layers>
result<void> set_batch(graph<T, Layers>& g, std::int64_t count) {
    if (count < 1)
        return fault{errc::bad_option, "a batch needs at least one image"};
    PITH_TRY(infer_shapes(g));
    for (const auto id : g.inputs)
        if (g[id].dims.rank() > 0) {
            for (auto& n : g.nodes)
                detail::free_batch(g, n, g[id].dims[0]);
            break;
        }
    for (const auto id : g.inputs)
        if (g[id].dims.rank() > 0)
            g[id].dims[0] = count;
    return infer_shapes(g);
}

} // namespace pith

#endif
