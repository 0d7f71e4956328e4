// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_PAIRED_RUN_HPP
#define PITH_QUANTIZE_PAIRED_RUN_HPP
/// A network in floating point and its quantised form, run side by side on the same samples, node by node.

#include <cstddef>
#include <utility>

#include "../base/result.hpp"
#include "../graph/graph.hpp"
#include "../graph/quantized.hpp"
#include "../graph/reads_rows.hpp"
#include "../graph/sample_walk.hpp"

namespace pith::quantize {

/// The network as it computes in floating point.
template <class T, class Layers>
[[nodiscard]] graph<T, Layers> without_encodings(graph<T, Layers> g) {
    for (auto& v : g.values)
        v.encoded = {};
    return g;
}

/// The float network and the quantised one, walked side by side on the same samples.
template <class T, class Layers>
struct paired_run {
    sample_walk<T, Layers> real;
    sample_walk<T, Layers> codes;
};

/// Runs both networks over up to `samples` samples and stops at every conv2d and dense layer that runs in
/// codes: `visit(both, node)`, called when it has run in floating point and not yet in codes, may change its
/// weights and bias.
/// @param real has no encodings
/// @param g the same nodes and values, annotated
template <class T, class Layers, class Visit>
[[nodiscard]] result<void> for_each_coded_layer(const graph<T, Layers>& real, const graph<T, Layers>& g,
                                                const sample_source& source, std::size_t samples,
                                                const Visit& visit) {
    paired_run<T, Layers> both{sample_walk<T, Layers>(real), sample_walk<T, Layers>(g)};
    PITH_TRY(both.real.take(source, samples));
    PITH_TRY(both.codes.take(source, samples));
    for (node_index k = 0; k < g.nodes.size(); ++k) {
        PITH_TRY(both.real.run(k));
        if (both.codes.execution_at(k).how == execution::integer && reads_rows(g.nodes[k]))
            visit(std::as_const(both), k);
        PITH_TRY(both.codes.run(k));
    }
    return {};
}

} // namespace pith::quantize

#endif
