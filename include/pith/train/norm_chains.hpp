// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_NORM_CHAINS_HPP
#define PITH_TRAIN_NORM_CHAINS_HPP
/// Finds batch normalisations followed by an addition, a rectifier or both, which training runs as one.

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

#include "../graph/graph.hpp"
#include "../graph/layer/batch_norm.hpp"
#include "../graph/layer/binary.hpp"
#include "../graph/layer/unary.hpp"
#include "../graph/uses.hpp"
#include "backward/batch_norm.hpp"
#include "learned.hpp"

namespace pith::train {

struct found_chain {
    norm_chain chain{};
    node_index last = 0;           ///< whose output the chain gives
    value_id residual = no_value;  ///< the other term of the addition
    std::vector<node_index> nodes; ///< all of them
};

namespace detail {

template <class T, class Layers>
[[nodiscard]] bool is_rectifier(const graph<T, Layers>& g, node_index k) {
    const auto* u = layer_of<unary>(g.nodes[k]);
    return u != nullptr && u->op == unary_op::relu;
}

/// The only reader of a node's only output.
template <class T, class Layers>
[[nodiscard]] std::optional<node_index> only_reader(const graph<T, Layers>& g,
                                                    const std::vector<value_uses>& uses, node_index k) {
    const value_uses& u = uses[g.nodes[k].outputs[0]];
    if (!has_one_reader(u))
        return std::nullopt;
    return u.readers[0];
}

} // namespace detail

/// The chain that begins at node k. @pre node k is a batch_norm
template <class T, class Layers>
[[nodiscard]] found_chain chain_from(const graph<T, Layers>& g, const std::vector<value_uses>& uses,
                                     node_index k) {
    found_chain found{.chain = {.layer = *layer_of<batch_norm>(g.nodes[k])}, .last = k, .nodes = {k}};
    auto next = detail::only_reader(g, uses, k);
    if (next) {
        const auto* add = layer_of<binary>(g.nodes[*next]);
        const value_id mine = g.nodes[k].outputs[0];
        if (add != nullptr && add->op == binary_op::add) {
            const auto& in = g.nodes[*next].inputs;
            const value_id other = in[0] == mine ? in[1] : in[0];
            // The other term must be as large, and be there when the chain runs at its last node's place.
            if (g[other].dims == g[mine].dims && other != g.nodes[k].inputs[0] && !g[other].is_constant()) {
                found.chain.residual = true;
                found.residual = other;
                found.last = *next;
                found.nodes.push_back(*next);
                next = detail::only_reader(g, uses, *next);
            } else {
                next.reset();
            }
        }
    }
    if (next && detail::is_rectifier(g, *next)) {
        found.chain.rectify = true;
        found.last = *next;
        found.nodes.push_back(*next);
    }
    return found;
}

/// Every chain of a network; no node is in two of them.
template <class T, class Layers>
[[nodiscard]] std::vector<found_chain> chains_of(const graph<T, Layers>& g,
                                                 const std::vector<value_uses>& uses) {
    std::vector<found_chain> chains;
    std::vector<bool> inside(g.nodes.size(), false);
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        const auto* norm = layer_of<batch_norm>(g.nodes[k]);
        if (norm == nullptr || inside[k])
            continue;
        chains.push_back(chain_from(g, uses, k));
        // An addition of two normalised values belongs to the chain that was found first.
        bool taken = false;
        for (const auto n : chains.back().nodes)
            taken = taken || inside[n];
        if (taken)
            chains.back() = {.chain = {.layer = *norm}, .last = k, .nodes = {k}};
        for (const auto n : chains.back().nodes)
            inside[n] = true;
    }
    return chains;
}

} // namespace pith::train

#endif
