// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_PACK_HPP
#define PITH_PLAN_PACK_HPP
/// The way from a graph to the bytes of a .pith file.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "../graph/quantized.hpp"
#include "../run/program.hpp"
#include "arena.hpp"
#include "checked_lowering.hpp"
#include "draft.hpp"
#include "emit.hpp"
#include "fuse.hpp"
#include "lower_convolution.hpp"
#include "lower_elementwise.hpp"
#include "lower_movement.hpp"
#include "lower_reduction.hpp"
#include "lowering.hpp"
#include "options.hpp"

namespace pith::plan {

namespace detail {

template <class T, class Layers>
[[nodiscard]] result<void> check_sizes(const graph<T, Layers>& g) {
    constexpr std::int64_t most = std::int64_t{1} << 28;
    for (const auto& n : g.nodes)
        for (const auto* list : {&n.inputs, &n.outputs})
            for (const value_id v : *list) {
                if (v == no_value)
                    continue;
                std::int64_t elements = 1;
                for (const auto d : g[v].dims) {
                    if (d < 1)
                        return at_node({errc::unsupported,
                                        "values without elements, or of unknown size, cannot be packed"},
                                       n);
                    if (d > most || (elements *= d) > most)
                        return at_node(
                            {errc::unsupported, "values of more than 2^28 elements cannot be packed"}, n);
                }
            }
    return {};
}

/// A program and its arena fit where they are to lie.
[[nodiscard]] inline result<void> check_room(const target& to, std::size_t file, std::size_t arena) {
    const auto numbers = [](std::size_t needed, std::size_t room) {
        return std::to_string(needed) + " bytes, of " + std::to_string(room);
    };
    if (to.flash_bytes != 0 && file > to.flash_bytes)
        return fault{
            errc::no_memory,
            "the program does not fit in the target's flash; give weights fewer bits, or the model fewer",
            numbers(file, to.flash_bytes)};
    if (to.ram_bytes != 0 && arena > to.ram_bytes)
        return fault{errc::no_memory,
                     "the values of the program do not fit in the target's RAM; use a smaller input or model",
                     numbers(arena, to.ram_bytes)};
    return {};
}

/// Values have the types that programs know.
template <class T, class Layers>
[[nodiscard]] result<void> check_types(const graph<T, Layers>& g) {
    const auto check = [&](value_id v) -> result<void> {
        if (v == no_value || (format::in_programs(g[v].type) && g[v].type != format::dtype::f64))
            return {};
        std::string where = "value '" + g[v].name + "' (";
        where += name_of(g[v].type);
        where += ")";
        return fault{errc::unsupported,
                     is_real(g[v].type)
                         ? "programs compute in float32; apply the pass as_float32 first"
                         : "programs have no values of this type; convert the model to int32 or int64",
                     where};
    };
    for (const auto* doors : {&g.inputs, &g.outputs})
        for (const value_id v : *doors)
            PITH_TRY(check(v));
    for (const auto& n : g.nodes)
        for (const auto* list : {&n.inputs, &n.outputs})
            for (const value_id v : *list)
                PITH_TRY(check(v));
    return {};
}

/// Codes of which only some are in use are made from other codes, by a table.
template <class T, class Layers>
[[nodiscard]] result<void> check_levels(const graph<T, Layers>& g, const std::vector<node_execution>& how) {
    const fault refusal{errc::unsupported,
                        "levels can only be made from codes: give the node's input an encoding"};
    for (const value_id v : g.inputs)
        if (has_levels(g[v]))
            return fault{refusal.code, refusal.what, g[v].name};
    for (node_index k = 0; k < g.nodes.size(); ++k)
        for (const value_id v : g.nodes[k].outputs)
            if (how[k].how == execution::real && v != no_value && has_levels(g[v]))
                return at_node(refusal, g.nodes[k]);
    return {};
}

template <class T, class Layers>
void want_borders(lowering<T, Layers>& x, const std::vector<step>& steps) {
    for (const step& s : steps) {
        const auto& n = x.g.nodes[s.node];
        const auto* c = layer_of<conv2d>(n);
        if (c == nullptr)
            continue;
        const shape& weights = x.g[n.inputs[1]].dims;
        if (s.integer && multiplies_signs(x.g, weighted(*c, weights), n.inputs[0], n.inputs[1]))
            continue;
        const border b = border_of(*c, x.g[n.inputs[0]].dims, weights, x.g[n.outputs[0]].dims);
        border& wanted = x.at(n.inputs[0], s.integer ? form::codes : form::reals).wanted;
        for (std::size_t i = 0; i < 4; ++i)
            wanted[i] = std::max(wanted[i], b[i]);
    }
}

/// Programs count tensors, inputs and outputs in 16 bits.
[[nodiscard]] inline result<void> expect_countable(const draft& d) {
    if (d.tensors.size() >= no_tensor || d.inputs.size() >= no_tensor || d.outputs.size() >= no_tensor)
        return fault{errc::unsupported, "the network has more than 65,534 values"};
    return {};
}

template <class T, class Layers>
void add_inputs(lowering<T, Layers>& x, const pack_options& options) {
    for (std::size_t i = 0; i < x.g.inputs.size(); ++i) {
        const value_id v = x.g.inputs[i];
        const bool encoded = codes_of(x.g[v]).has_value();
        const form f = encoded && options.code_inputs ? form::codes : x.plain_form(v);
        const tensor_id id = x.make(v, f);
        if (encoded && f == form::reals)
            x.settle(v, id);
        else
            hold_dense(x, v, f, id);
        draft_door door{id, x.g[v].name, x.g[v].dims, {}};
        if (i < x.g.input_layouts.size())
            door.permutation = x.g.input_layouts[i].permutation;
        x.d.inputs.push_back(std::move(door));
    }
}

template <class T, class Layers>
[[nodiscard]] result<void> add_outputs(lowering<T, Layers>& x, const pack_options& options) {
    for (std::size_t i = 0; i < x.g.outputs.size(); ++i) {
        const value_id v = x.g.outputs[i];
        const auto id = x.read(v, options.code_outputs ? x.main_form(v) : x.plain_form(v), placement::dense);
        if (!id)
            return id.error();
        draft_door door{*id, x.g[v].name, x.g[v].dims, {}};
        if (i < x.g.output_layouts.size())
            door.permutation = x.g.output_layouts[i].permutation;
        x.d.outputs.push_back(std::move(door));
    }
    return {};
}

} // namespace detail

/// The operations and tensors of a network, before they have places. @pre shapes are inferred
template <class T, class Layers>
[[nodiscard]] result<draft> make_draft(const graph<T, Layers>& g, const pack_options& options = {}) {
    static_assert(sizeof(typename Layers::template each<detail::checked_lowering>) != 0);
    PITH_TRY(detail::check_sizes(g));
    PITH_TRY(detail::check_types(g));
    const auto how = executions_of(g);
    PITH_TRY(detail::check_levels(g, how));
    const auto steps = fuse_nodes(g, how, options.fuse);
    lowering<T, Layers> x(g, options.processor);
    detail::want_borders(x, steps);
    detail::add_inputs(x, options);
    PITH_TRY(detail::expect_countable(x.d));
    for (const step& s : steps) {
        x.current = s;
        const auto& n = g.nodes[s.node];
        const auto done = lower_layer(x, n.layer, n.inputs);
        if (!done)
            return at_node(done.error(), n);
        PITH_TRY(detail::expect_countable(x.d));
    }
    x.current = {};
    PITH_TRY(detail::add_outputs(x, options));
    PITH_TRY(detail::expect_countable(x.d));
    x.d.metadata = g.metadata;
    return std::move(x.d);
}

/// A .pith file's bytes. The same graph and options give the same bytes.
/// @tparam Ops the operations that the program may have: with one's own where layers become such
template <class Ops = run::op_list, class T, class Layers>
[[nodiscard]] result<std::vector<std::byte>> pack(graph<T, Layers> g, const pack_options& options = {}) {
    static_assert(sizeof(typename Layers::template each<detail::checked_lowering>) != 0);
    if (options.batch > 0)
        PITH_TRY(set_batch(g, options.batch));
    else
        PITH_TRY(infer_shapes(g));
    auto d = make_draft(g, options);
    if (!d)
        return d.error();
    PITH_TRY(place_tensors(*d, {.reuse_inputs = options.reuse_inputs, .in_place = options.in_place}));
    auto bytes = emit(*d, {.names = options.names});
    if (!bytes)
        return bytes;
    PITH_TRY(detail::check_room(options.processor, bytes->size(), d->arena_bytes));
    PITH_TRY(run::basic_program_view<Ops>::open(*bytes));
    return bytes;
}

} // namespace pith::plan

#endif
