// SPDX-License-Identifier: MIT
#ifndef PITH_PLAN_FUSE_HPP
#define PITH_PLAN_FUSE_HPP
/// Which nodes one operation computes together: a layer with its activation, with the addition behind it, and
/// with that addition's activation.

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "../format/affine.hpp"
#include "../graph/graph.hpp"
#include "../graph/quantized.hpp"
#include "../graph/uses.hpp"

namespace pith::plan {

struct step {
    node_index node = no_node;
    node_index activation = no_node;
    node_index add = no_node; ///< computed as well; the other operand is `residual`
    value_id residual = no_value;
    bool residual_is_first = false;
    node_index add_activation = no_node;
    value_id output = no_value; ///< what is written in the end
    bool integer = false;
    std::optional<format::affine> codes; ///< of the node's own result, cut to its activation
    std::optional<format::affine> add_codes;
    std::optional<sum_range> sums; ///< node_execution::sums
    std::vector<depth_part> parts; ///< node_execution::parts
};

namespace detail {

template <class T, class Layers>
struct fuser {
    const graph<T, Layers>& g;
    const std::vector<node_execution>& how;
    bool fuse = true;
    std::vector<value_uses> uses;
    std::vector<step> at;       ///< by node
    std::vector<bool> computed; ///< by another node's step

    fuser(const graph<T, Layers>& of, const std::vector<node_execution>& executions, bool on)
        : g(of), how(executions), fuse(on), uses(uses_of(of)), at(of.nodes.size()),
          computed(of.nodes.size(), false) {}

    template <class Layer>
    [[nodiscard]] const Layer* layer(node_index k) const noexcept {
        return layer_of<Layer>(g.nodes[k]);
    }
    [[nodiscard]] bool is_depthwise(node_index k) const {
        const auto* c = layer<conv2d>(k);
        return c != nullptr && pith::is_depthwise(*c, g[g.nodes[k].inputs[1]].dims);
    }
    /// The only reader of a value, if nobody else sees the value.
    [[nodiscard]] node_index only_reader(value_id v) const {
        return has_one_reader(uses[v]) ? uses[v].readers[0] : no_node;
    }
    /// The relu or clip that alone reads a real value without encoding.
    [[nodiscard]] node_index real_activation(value_id v) const {
        const node_index r = !g[v].is_coded() ? only_reader(v) : no_node;
        if (r == no_node || how[r].how != execution::real)
            return no_node;
        return is_clipping(g.nodes[r]) ? r : no_node;
    }

    void start(node_index k) {
        step& s = at[k];
        s.node = k;
        s.integer = how[k].how == execution::integer;
        s.sums = how[k].sums;
        if (s.integer) {
            s.activation = how[k].activation;
            s.output = how[k].output;
            s.codes = how[k].codes;
            s.parts = how[k].parts;
        } else {
            s.output = g.nodes[k].outputs.empty() ? no_value : g.nodes[k].outputs[0];
            const auto* b = layer<binary>(k);
            const bool takes = has_weights(g.nodes[k].layer) || b != nullptr;
            if (fuse && takes)
                s.activation = real_activation(s.output);
            if (s.activation != no_node)
                s.output = g.nodes[s.activation].outputs[0];
        }
        if (s.activation != no_node)
            computed[s.activation] = true;
    }

    /// The addition that alone reads what step k writes, and could be done while it is written.
    [[nodiscard]] node_index addition_behind(node_index k) const {
        const step& s = at[k];
        const bool adds = has_weights(g.nodes[k].layer);
        if (!fuse || !adds || (s.integer && (is_depthwise(k) || !s.codes || !s.parts.empty())))
            return no_node;
        const node_index j = only_reader(s.output);
        if (j == no_node || computed[j] || at[j].integer != s.integer)
            return no_node;
        if (!s.integer && g[s.output].is_coded())
            return no_node;
        if (at[j].codes && at[j].codes->moved != 0)
            return no_node; // epilogues add codes as they are held
        const auto* b = layer<binary>(j);
        const auto& in = g.nodes[j].inputs;
        return b != nullptr && b->op == binary_op::add && g[in[0]].dims == g[in[1]].dims ? j : no_node;
    }

    void take_addition(node_index k, node_index j) {
        step& s = at[k];
        const auto& in = g.nodes[j].inputs;
        s.residual_is_first = in[1] == s.output;
        s.residual = s.residual_is_first ? in[0] : in[1];
        s.add = j;
        s.add_activation = at[j].activation;
        s.add_codes = at[j].codes;
        s.output = at[j].output;
        computed[j] = true;
    }

    [[nodiscard]] std::vector<step> run() {
        for (node_index k = 0; k < g.nodes.size(); ++k)
            if (how[k].how != execution::fused && !computed[k])
                start(k);
        std::vector<node_index> taker(g.nodes.size(), no_node);
        for (node_index k = 0; k < g.nodes.size(); ++k)
            if (at[k].node == k && !computed[k])
                if (const node_index j = addition_behind(k); j != no_node)
                    taker[j] = k; // of two, the later one: its other operand is there by then
        std::vector<step> steps;
        for (node_index k = 0; k < g.nodes.size(); ++k) {
            if (taker[k] != no_node)
                take_addition(taker[k], k);
        }
        for (node_index k = 0; k < g.nodes.size(); ++k) {
            if (taker[k] != no_node)
                steps.push_back(at[taker[k]]);
            else if (at[k].node == k && !computed[k] && at[k].add == no_node)
                steps.push_back(at[k]);
        }
        return steps;
    }
};

} // namespace detail

/// The operations to be, in an order in which each follows what it reads.
template <class T, class Layers>
[[nodiscard]] std::vector<step> fuse_nodes(const graph<T, Layers>& g, const std::vector<node_execution>& how,
                                           bool fuse = true) {
    return detail::fuser<T, Layers>(g, how, fuse).run();
}

} // namespace pith::plan

#endif
