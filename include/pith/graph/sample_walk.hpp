// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_SAMPLE_WALK_HPP
#define PITH_GRAPH_SAMPLE_WALK_HPP
/// A network run on many samples node by node: what methods need that change one layer after the other.

#include <cstddef>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/result.hpp"
#include "graph.hpp"
#include "samples.hpp"
#include "simulate.hpp"
#include "uses.hpp"

namespace pith {

/// Holds, for every sample, what nodes that are still to come will read. Encoded values are codes, as in
/// simulate.
template <class T, class Layers>
class sample_walk {
public:
    /// @param g must outlive the walk. Constants that only nodes still to come read may change at any time;
    /// encodings of activations may not.
    explicit sample_walk(const graph<T, Layers>& g) : g_(g), how_(executions_of(g)), last_(last_uses(g)) {}

    /// Takes up to `most` samples.
    [[nodiscard]] result<void> take(const sample_source& source, std::size_t most) {
        for (std::size_t i = 0; i < most; ++i) {
            auto inputs = source(i);
            if (!inputs)
                break;
            const any_tensors<T> fed = detail::to_scalar<T>(*std::move(inputs));
            PITH_TRY(detail::expect_inputs_of<T>(g_, fed));
            runs_.emplace_back(g_);
            for (std::size_t k = 0; k < fed.size(); ++k)
                std::visit([&](const auto& t) { runs_.back().store(g_.inputs[k], simulated<T>(t)); }, fed[k]);
        }
        if (runs_.empty())
            return fault{errc::missing, "at least one calibration sample is needed"};
        return {};
    }

    [[nodiscard]] std::size_t samples() const noexcept { return runs_.size(); }
    /// How node `k` runs.
    [[nodiscard]] const node_execution& execution_at(node_index k) const noexcept { return how_[k]; }

    /// Node `k`, on all samples; nothing where it is fused with the one before. Call in order, once for every
    /// node.
    [[nodiscard]] result<void> run(node_index k) {
        std::vector<std::optional<fault>> faults(runs_.size());
        parallel_for(runs_.size(), [&](std::size_t i) {
            ignore_values nobody;
            if (const auto done = detail::simulate_node(runs_[i], k, how_[k], last_, nobody); !done)
                faults[i] = done.error();
        });
        for (const auto& f : faults)
            if (f)
                return *f;
        return {};
    }

    /// A real value that nodes still to come will read, or that the last one made; decoded if it has codes.
    [[nodiscard]] tensor<T> value(value_id id, std::size_t sample) const {
        const auto& held = runs_[sample].held[id];
        if (const auto* codes = std::get_if<tensor<std::uint8_t>>(&held))
            return decode_tensor<T>(*codes_of(g_[id]), *codes);
        return std::get<tensor<T>>(held);
    }

private:
    const graph<T, Layers>& g_;
    std::vector<node_execution> how_;
    std::vector<node_index> last_;
    std::vector<detail::simulation<T, Layers>> runs_;
};

} // namespace pith

#endif
