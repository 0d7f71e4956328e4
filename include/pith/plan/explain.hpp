// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_EXPLAIN_HPP
#define PITH_PLAN_EXPLAIN_HPP
/// What becomes of each node of a network when it is packed, and why.

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/infer.hpp"
#include "../graph/quantized.hpp"
#include "options.hpp"
#include "pack.hpp"

namespace pith::plan {

/// What became of a node in the program.
enum class fate : std::uint8_t {
    codes,     ///< computed on integer codes
    reals,     ///< computed in floating point
    joined,    ///< computed by the operation of another node
    no_effort, ///< its output is its input's memory
};

struct choice {
    std::string node;
    std::string_view kind;
    fate how = fate::reals;
    std::string joined_to;      ///< the node whose operation computes this one
    std::size_t operations = 0; ///< of the program, copies and conversions included
    std::string_view why;       ///< what keeps it from running on codes; empty where nothing does
    std::string sums;           ///< explain_sums
    std::string storage;        ///< how sparse weights are stored, and why; empty where they are dense
};

namespace detail {

/// What keeps a node that runs in floating point from running on codes.
template <class T, class Layers>
[[nodiscard]] std::string_view why_real(const graph<T, Layers>& g, const node<Layers>& n) {
    if (n.inputs.empty() || n.inputs[0] == no_value || n.outputs.empty())
        return "it has no inputs or no outputs";
    if (!is_real(g[n.inputs[0]].type))
        return "it works on whole numbers as they are";
    const bool weighted = has_weights(n.layer);
    if (weighted && !has_weight_codes(g[n.inputs[1]]))
        return "its weights have no codes";
    if (!codes_of(g[n.inputs[0]]))
        return "its input has no codes";
    if (!codes_of(g[n.outputs[0]]))
        return "its output has no codes";
    if (keeps_elements(n.layer) && !same_codes(*codes_of(g[n.inputs[0]]), *codes_of(g[n.outputs[0]])))
        return "its input and output have different codes";
    return "there is no integer form of it";
}

} // namespace detail

/// What becomes of a node whose sums of codes int32 cannot hold; empty where it can.
[[nodiscard]] inline std::string explain_sums(const node_execution& how) {
    if (!how.sums)
        return {};
    std::string text = "its sums of codes, " + std::to_string(how.sums->lowest) + " to " +
                       std::to_string(how.sums->highest) + ", do not fit in int32: ";
    if (how.how != execution::integer)
        return text + "it runs in floating point";
    if (how.parts.size() == 1)
        return text + "its bias is added in floating point";
    return text + std::to_string(how.parts.size()) +
           " parts of its depth are summed apart and added in floating point";
}

/// One choice per node, in the graph's order.
template <class T, class Layers>
[[nodiscard]] result<std::vector<choice>> explain(graph<T, Layers> g, const pack_options& options = {}) {
    PITH_TRY(infer_shapes(g));
    const auto d = make_draft(g, options);
    if (!d)
        return d.error();
    const auto how = executions_of(g);
    std::vector<choice> choices;
    for (const auto& n : g.nodes) {
        choice c;
        c.node = n.name;
        c.kind = kind_of(n.layer);
        choices.push_back(std::move(c));
    }
    std::vector<node_index> leader(g.nodes.size(), no_node);
    for (const auto& op : d->ops)
        for (const node_index k : op.nodes) {
            leader[k] = op.nodes.front();
            if (k == op.nodes.front()) {
                ++choices[k].operations;
                choices[k].storage += op.storage;
            }
        }
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        choice& c = choices[k];
        if (leader[k] == no_node) {
            c.how = fate::no_effort;
        } else if (leader[k] != k) {
            c.how = fate::joined;
            c.joined_to = g.nodes[leader[k]].name;
        } else if (how[k].how == execution::integer) {
            c.how = fate::codes;
        } else {
            c.why = how[k].sums ? "its sums of codes do not fit in int32" : detail::why_real(g, g.nodes[k]);
        }
        c.sums = explain_sums(how[k]);
    }
    return choices;
}

} // namespace pith::plan

#endif
