// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_LOCKSTEP_HPP
#define PITH_QUANTIZE_LOCKSTEP_HPP
/// A network in floating point and its quantised form, run side by side on the same samples, node by node:
/// what methods need that repair one layer after the other.

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/simulate.hpp"
#include "../graph/uses.hpp"
#include "post_training.hpp"

namespace pith::quantize {

/// The network as it computes in floating point.
template <class T, class Layers>
[[nodiscard]] graph<T, Layers> without_encodings(graph<T, Layers> g) {
    for (auto& v : g.values)
        v.encoded = {};
    return g;
}

/// Both networks hold, for every sample, what nodes that are still to come will read.
template <class T, class Layers>
class lockstep {
public:
    /// @param real has no encodings
    /// @param codes the same nodes and values, annotated. Weights and biases of nodes that have not run may
    /// change at any time; encodings of activations may not.
    /// Both must outlive the walk.
    lockstep(const graph<T, Layers>& real, const graph<T, Layers>& codes)
        : real_graph_(real), codes_graph_(codes), how_(executions_of(codes)), last_(last_uses(codes)),
          as_real_(executions_of(real)) {}

    /// Takes up to `most` samples.
    [[nodiscard]] result<void> take(const sample_source& source, std::size_t most) {
        for (std::size_t i = 0; i < most; ++i) {
            auto inputs = source(i);
            if (!inputs)
                break;
            const any_tensors<T> fed = detail::to_scalar<T>(*std::move(inputs));
            PITH_TRY(pith::detail::expect_inputs_of<T>(codes_graph_, fed));
            real_.emplace_back(real_graph_);
            codes_.emplace_back(codes_graph_);
            for (std::size_t k = 0; k < fed.size(); ++k)
                for (auto* side : {&real_.back(), &codes_.back()})
                    std::visit([&](const auto& t) { side->store(codes_graph_.inputs[k], simulated<T>(t)); },
                               fed[k]);
        }
        if (real_.empty())
            return fault{errc::missing, "post-training quantisation needs at least one calibration sample"};
        return {};
    }

    [[nodiscard]] std::size_t samples() const noexcept { return real_.size(); }
    /// How the quantised network runs node `k`.
    [[nodiscard]] const node_execution& execution_at(node_index k) const noexcept { return how_[k]; }

    /// Node `k` of the network in floating point, on all samples. Call in order, once for every node.
    [[nodiscard]] result<void> run_real(node_index k) { return run(real_, as_real_[k], k); }
    /// The same of the quantised network; nothing where a node is fused with the one before it.
    [[nodiscard]] result<void> run_codes(node_index k) { return run(codes_, how_[k], k); }

    /// A value of the network in floating point that nodes still to come will read, or that the last one
    /// made.
    [[nodiscard]] const tensor<T>& real(value_id id, std::size_t sample) const {
        return std::get<tensor<T>>(real_[sample].held[id]);
    }
    /// The same of the quantised network, decoded.
    [[nodiscard]] tensor<T> decoded(value_id id, std::size_t sample) const {
        const auto& held = codes_[sample].held[id];
        if (const auto* codes = std::get_if<tensor<std::uint8_t>>(&held))
            return decode_tensor<T>(*codes_of(codes_graph_[id]), *codes);
        return std::get<tensor<T>>(held);
    }

private:
    using sample_runs = std::vector<pith::detail::simulation<T, Layers>>;

    [[nodiscard]] result<void> run(sample_runs& runs, const node_execution& how, node_index k) {
        std::vector<std::optional<fault>> faults(runs.size());
        parallel_for(runs.size(), [&](std::size_t i) {
            ignore_values nobody;
            if (const auto done = pith::detail::simulate_node(runs[i], k, how, last_, nobody); !done)
                faults[i] = done.error();
        });
        for (const auto& f : faults)
            if (f)
                return *f;
        return {};
    }

    const graph<T, Layers>& real_graph_;
    const graph<T, Layers>& codes_graph_;
    std::vector<node_execution> how_;
    std::vector<node_index> last_;
    std::vector<node_execution> as_real_;
    sample_runs real_;
    sample_runs codes_;
};

} // namespace pith::quantize

#endif
