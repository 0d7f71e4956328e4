// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_QUANTIZATION_GROUPS_HPP
#define PITH_QUANTIZE_QUANTIZATION_GROUPS_HPP
/// Where codes go: which values of a network are held as codes, and which of them must share one code.
///
/// Everything that graph/quantized.hpp can run in codes gets codes, with these exceptions: the value between
/// a conv2d, dense or add and the relu or clip that alone reads it; values that only layers in floating point
/// make and read; and stretches of layers without any conv2d or dense, which would gain nothing. Layers that
/// only move elements share the code of their input. A concatenation shares one code with each input that
/// nothing but concatenations and moving layers read; the others are recoded on the way.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "../base/result.hpp"
#include "../graph/codes.hpp"
#include "../graph/graph.hpp"
#include "../graph/quantized.hpp"
#include "../graph/uses.hpp"

namespace pith::quantize {

/// Values that have one code in common.
struct code_group {
    std::vector<value_id> members;
    /// The members whose elements are new; those of the others are found among them.
    std::vector<value_id> sources;
};

struct quantization_groups {
    std::vector<code_group> groups;
    std::vector<value_id> weights;  ///< of conv2d and dense layers that run in codes
    std::vector<value_id> operands; ///< constants of additions, multiplications and concatenations
};

struct grouping_options {
    bool outputs = true;              ///< the network's outputs have codes too
    std::vector<std::string> in_real; ///< names of conv2d and dense nodes to leave in floating point
    /// Identity nodes whose outputs have an encoding recode: their input is free to have another one.
    bool recode = false;
};

namespace detail {

/// Sets of values, joined step by step.
class joined_values {
public:
    explicit joined_values(std::size_t count) : parent_(count) {
        std::iota(parent_.begin(), parent_.end(), value_id{0});
    }
    [[nodiscard]] value_id root(value_id v) const {
        while (parent_[v] != v)
            v = parent_[v];
        return v;
    }
    void join(value_id a, value_id b) {
        a = root(a);
        b = root(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<value_id> parent_;
};

template <class Layers>
[[nodiscard]] bool is_identity(const Layers& layer) {
    const auto* u = layer_as<unary>(layer);
    return u != nullptr && u->op == unary_op::identity;
}

/// Puts stand-in codes where codes may go, takes back what is not needed, and groups what is left.
template <class T, class Layers>
class grouping {
public:
    grouping(graph<T, Layers>& g, const grouping_options& options)
        : g_(g), options_(options), uses_(uses_of(g)), joined_(g.values.size()), barred_(g.values.size()) {}

    [[nodiscard]] result<quantization_groups> run() {
        for (const auto& n : g_.nodes)
            recodes_.push_back(options_.recode && is_identity(n.layer) && g_[n.outputs[0]].is_coded());
        for (auto& v : g_.values)
            v.encoded = {};
        PITH_TRY(bar_named_layers());
        bar_between_fused();
        if (!options_.outputs)
            bar_outputs();
        mark_all();
        join_all();
        while (unmark_unneeded()) {
        }
        unmark_islands();
        return collect();
    }

private:
    [[nodiscard]] result<void> bar_named_layers() {
        for (const auto& name : options_.in_real) {
            const auto n = std::find_if(g_.nodes.begin(), g_.nodes.end(),
                                        [&](const auto& node) { return node.name == name; });
            if (n == g_.nodes.end())
                return fault{errc::bad_option, "no layer has the name of one to leave in floating point",
                             name};
            if (!has_weights(n->layer))
                return fault{errc::bad_option, "only conv2d and dense layers can be left in floating point",
                             name};
            if (n->inputs.size() > 1)
                barred_[n->inputs[1]] = true;
        }
        return {};
    }
    void bar_between_fused() {
        for (const auto& n : g_.nodes)
            if (takes_activation(n) && n.outputs.size() == 1 && has_one_reader(uses_[n.outputs[0]]) &&
                is_clipping(g_.nodes[uses_[n.outputs[0]].readers[0]]))
                barred_[n.outputs[0]] = true;
    }
    /// Outputs, and what is moved into them and nowhere else.
    void bar_outputs() {
        for (value_id v : g_.outputs) {
            barred_[v] = true;
            while (uses_[v].producer != no_node && keeps_elements(g_.nodes[uses_[v].producer].layer)) {
                v = g_.nodes[uses_[v].producer].inputs[0];
                if (!has_one_reader(uses_[v]))
                    break;
                barred_[v] = true;
            }
        }
    }

    void mark(value_id v, bool weights) {
        if (v == no_value || barred_[v] || !is_real(g_[v].type))
            return;
        format::affine_codes stand_in;
        if (weights)
            stand_in = {.lowest = -127, .highest = 127};
        g_[v].encoded = {stand_in, {1.f}};
    }
    void mark_all() {
        for (const auto id : g_.inputs)
            mark(id, false);
        for (const auto& n : g_.nodes) {
            for (const auto id : n.outputs)
                mark(id, false);
            if (has_weights(n.layer) && n.inputs.size() > 1 && n.inputs[1] != no_value &&
                g_[n.inputs[1]].reals() != nullptr)
                mark(n.inputs[1], true);
            const auto* b = layer_of<binary>(n);
            if ((b != nullptr && (b->op == binary_op::add || b->op == binary_op::mul)) ||
                layer_of<concat>(n) != nullptr)
                for (const auto id : n.inputs)
                    if (id != no_value && g_[id].reals() != nullptr && !g_[id].is_coded())
                        mark(id, false);
        }
    }

    void join_all() {
        for (node_index k = 0; k < g_.nodes.size(); ++k)
            if (const auto& n = g_.nodes[k];
                keeps_elements(n.layer) && !recodes_[k] && !g_[n.inputs[0]].is_constant())
                for (const auto id : n.outputs)
                    if (id != no_value)
                        joined_.join(n.inputs[0], id);
        // Who reads a group decides before any concatenation joins groups.
        std::vector<bool> computed_with(g_.values.size());
        for (const auto& n : g_.nodes)
            if (!keeps_elements(n.layer) && layer_of<concat>(n) == nullptr)
                for (const auto id : n.inputs)
                    if (id != no_value)
                        computed_with[joined_.root(id)] = true;
        std::vector<std::pair<value_id, value_id>> pairs;
        for (const auto& n : g_.nodes)
            if (layer_of<concat>(n) != nullptr)
                for (const auto id : n.inputs)
                    if (!computed_with[joined_.root(id)] && !g_[id].is_constant())
                        pairs.emplace_back(id, n.outputs[0]);
        for (const auto& [a, b] : pairs)
            joined_.join(a, b);
    }

    /// Takes the codes from groups that no layer in codes makes or reads. False when nothing changed.
    [[nodiscard]] bool unmark_unneeded() {
        const auto executions = executions_of(g_);
        std::vector<bool> needed(g_.values.size());
        for (node_index k = 0; k < g_.nodes.size(); ++k)
            if (executions[k].how == execution::integer) {
                for (const auto id : g_.nodes[k].inputs)
                    need(id, needed);
                for (const auto id : g_.nodes[k].outputs)
                    need(id, needed);
                need(executions[k].output, needed);
            }
        return keep_only(needed);
    }
    void need(value_id id, std::vector<bool>& needed) const {
        if (id != no_value)
            needed[joined_.root(id)] = true;
    }
    bool keep_only(const std::vector<bool>& needed) {
        bool changed = false;
        for (value_id v = 0; v < g_.values.size(); ++v)
            if (g_[v].is_coded() && !needed[joined_.root(v)]) {
                g_[v].encoded = {};
                changed = true;
            }
        return changed;
    }

    /// Layers in codes that hang together without a conv2d or dense among them go back to floating point.
    void unmark_islands() {
        const auto executions = executions_of(g_);
        joined_values islands(g_.values.size());
        std::vector<bool> anchored(g_.values.size());
        const auto each_coded = [&](node_index k, const auto& act) {
            for (const auto* list : {&g_.nodes[k].inputs, &g_.nodes[k].outputs})
                for (const auto id : *list)
                    if (id != no_value && g_[id].is_coded())
                        act(id);
            if (executions[k].output != no_value)
                act(executions[k].output);
        };
        for (node_index k = 0; k < g_.nodes.size(); ++k)
            if (executions[k].how == execution::integer)
                each_coded(k, [&](value_id id) { islands.join(id, executions[k].output); });
        for (value_id v = 0; v < g_.values.size(); ++v)
            islands.join(v, joined_.root(v));
        for (node_index k = 0; k < g_.nodes.size(); ++k)
            if (executions[k].how == execution::integer && has_weights(g_.nodes[k].layer))
                anchored[islands.root(executions[k].output)] = true;
        std::vector<bool> needed(g_.values.size());
        for (value_id v = 0; v < g_.values.size(); ++v)
            if (anchored[islands.root(v)])
                needed[joined_.root(v)] = true;
        static_cast<void>(keep_only(needed));
    }

    [[nodiscard]] quantization_groups collect() const {
        quantization_groups p;
        constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
        std::vector<std::size_t> group_at(g_.values.size(), none);
        for (value_id v = 0; v < g_.values.size(); ++v) {
            if (!g_[v].is_coded())
                continue;
            if (g_[v].is_constant()) {
                (g_[v].encoded.codes().lowest < 0 ? p.weights : p.operands).push_back(v);
                continue;
            }
            auto& at = group_at[joined_.root(v)];
            if (at == none) {
                at = p.groups.size();
                p.groups.emplace_back();
            }
            p.groups[at].members.push_back(v);
            if (is_source(v))
                p.groups[at].sources.push_back(v);
        }
        return p;
    }
    [[nodiscard]] bool is_source(value_id v) const {
        if (uses_[v].producer == no_node)
            return true;
        const auto& n = g_.nodes[uses_[v].producer];
        if (keeps_elements(n.layer))
            return recodes_[uses_[v].producer];
        if (layer_of<concat>(n) == nullptr)
            return true;
        return !std::all_of(n.inputs.begin(), n.inputs.end(),
                            [&](value_id id) { return joined_.root(id) == joined_.root(v); });
    }

    graph<T, Layers>& g_;
    const grouping_options& options_;
    std::vector<value_uses> uses_;
    joined_values joined_;
    std::vector<bool> barred_;  ///< values that must not have codes
    std::vector<bool> recodes_; ///< one per node
};

} // namespace detail

/// Decides, and leaves stand-in encodings on exactly the values that are to have codes.
template <class T, class Layers>
[[nodiscard]] result<quantization_groups> group_values(graph<T, Layers>& g,
                                                       const grouping_options& options = {}) {
    return detail::grouping<T, Layers>(g, options).run();
}

} // namespace pith::quantize

#endif
