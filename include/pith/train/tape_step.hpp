// SPDX-License-Identifier: MIT
#ifndef PITH_TRAIN_TAPE_STEP_HPP
#define PITH_TRAIN_TAPE_STEP_HPP
/// What a tape runs one after the other: nodes, and chains of nodes that run as one.

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "../graph/graph.hpp"
#include "../graph/layer/conv2d.hpp"
#include "../graph/layer/dense.hpp"
#include "../graph/layer/unary.hpp"
#include "../graph/uses.hpp"
#include "learned.hpp"
#include "memory.hpp"
#include "norm_chains.hpp"
#include "quantization.hpp"
#include "step.hpp"

namespace pith::train {

template <class T>
struct tape_step {
    node_index node = 0; ///< the only, or the chain's last
    std::optional<norm_chain> chain;
    std::vector<value_id> in;
    std::vector<value_id> out;
    bool has_gradient = false;
    const deferred_norm<T>* before = nullptr; ///< left to this convolution by the chain it reads from
    const deferred_norm<T>* after = nullptr;  ///< by the chain that reads from it
    value_id freed_late = no_value;           ///< that chain's output, whose gradient this step reads
    quantized_state<T>* quantized = nullptr;  ///< of an identity node's output
    quantized_state<T>* weights = nullptr;    ///< of a convolution or dense layer
    quantized_state<T>* input = nullptr;      ///< of what that reads
    lanes<T> factors{};                       ///< of its sums
    step<T> data;

    /// Whether the convolution before this chain turns its gradient into that of what the chain reads.
    [[nodiscard]] bool leaves_gradient() const noexcept { return chain && data.norm->gradient; }
};

/// One step per node, or per chain at the place of the chain's last node.
template <class T, class Layers>
[[nodiscard]] std::vector<tape_step<T>> steps_of(const graph<T, Layers>& g, bool fuse) {
    const auto chains = fuse ? chains_of(g, uses_of(g)) : std::vector<found_chain>{};
    std::vector<const found_chain*> ends(g.nodes.size(), nullptr);
    std::vector<bool> inside(g.nodes.size(), false);
    for (const auto& c : chains) {
        ends[c.last] = &c;
        for (const auto n : c.nodes)
            inside[n] = true;
    }
    std::vector<tape_step<T>> steps;
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        const auto& n = g.nodes[k];
        if (ends[k] == nullptr) {
            if (!inside[k])
                steps.push_back({.node = k, .chain = {}, .in = n.inputs, .out = n.outputs, .data = {}});
            continue;
        }
        steps.push_back({.node = k,
                         .chain = ends[k]->chain,
                         .in = g.nodes[ends[k]->nodes[0]].inputs,
                         .out = n.outputs,
                         .data = {}});
        if (ends[k]->chain.residual)
            steps.back().in.push_back(ends[k]->residual);
    }
    return steps;
}

/// Finds the values that have a gradient because one of `wants` is among what they are computed from.
template <class T, class Layers>
void spread_gradients(const graph<T, Layers>& g, const std::vector<tape_step<T>>& steps,
                      std::vector<bool>& wants) {
    for (const auto& s : steps) {
        bool any = false;
        for (const auto id : s.in)
            any = any || (id != no_value && wants[id]);
        for (const auto id : s.out)
            if (id != no_value)
                wants[id] = any && is_real(g[id].type);
    }
}

namespace detail {

template <class T, class Layers>
[[nodiscard]] bool is_convolution(const graph<T, Layers>& g, const tape_step<T>& s) noexcept {
    return !s.chain && layer_of<conv2d>(g.nodes[s.node]) != nullptr;
}

/// The last step that makes and the last that reads each value; as many as there are steps: none.
struct step_uses {
    std::vector<std::size_t> made_by;
    std::vector<std::size_t> read_by;

    template <class T>
    step_uses(std::size_t values, const std::vector<tape_step<T>>& steps)
        : made_by(values, steps.size()), read_by(values, steps.size()) {
        for (std::size_t k = 0; k < steps.size(); ++k) {
            for (const auto id : steps[k].out)
                if (id != no_value)
                    made_by[id] = k;
            for (const auto id : steps[k].in)
                if (id != no_value)
                    read_by[id] = k;
        }
    }
};

} // namespace detail

/// Which part of each normalisation the convolutions before and after it do.
template <class T, class Layers>
void defer_norms(const graph<T, Layers>& g, const std::vector<bool>& wants,
                 std::vector<tape_step<T>>& steps) {
    const auto uses = uses_of(g);
    const detail::step_uses at(g.values.size(), steps);
    for (auto& s : steps) {
        if (!s.chain)
            continue;
        const value_id x = s.in[0];
        const value_id y = s.out[0];
        s.data.norm = std::unique_ptr<deferred_norm<T>>(new deferred_norm<T>());
        const std::size_t maker = at.made_by[x];
        if (maker < steps.size() && detail::is_convolution(g, steps[maker]) && has_one_reader(uses[x]) &&
            wants[x]) {
            s.data.norm->gradient = true;
            steps[maker].after = s.data.norm.get();
            steps[maker].freed_late = y;
        }
        if (!has_one_reader(uses[y]) || s.chain->residual)
            continue;
        auto& reader = steps[at.read_by[y]];
        if (detail::is_convolution(g, reader) && reader.in[0] == y) {
            s.data.norm->value = true;
            reader.before = s.data.norm.get();
        }
    }
}

/// Which of `quantized` each step makes, or multiplies.
template <class T, class Layers>
void find_quantized(const graph<T, Layers>& g, std::vector<quantized_state<T>>& quantized,
                    std::vector<tape_step<T>>& steps) {
    const auto at = [&](value_id id) -> quantized_state<T>* {
        for (auto& q : quantized)
            if (q.id == id)
                return &q;
        return nullptr;
    };
    for (auto& s : steps) {
        if (s.chain)
            continue;
        const auto& layer = g.nodes[s.node].layer;
        if (layer_as<unary>(layer) != nullptr)
            s.quantized = at(s.out[0]);
        if (has_weights(layer)) {
            s.input = at(s.in[0]);
            s.weights = at(s.in[1]);
        }
    }
}

} // namespace pith::train

#endif
