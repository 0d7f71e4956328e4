// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_LAYER_ROWS_HPP
#define PITH_QUANTIZE_LAYER_ROWS_HPP
/// A layer with weights as a matrix product: rows drawn from what it reads, beside what it ought to give.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <variant>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/random.hpp"
#include "../graph/graph.hpp"
#include "../graph/layer_row.hpp"
#include "paired_run.hpp"

namespace pith::quantize {

/// Output positions of a conv2d or dense layer. Group g of its outputs is in[g] [count, depth] times the
/// transposed weights of the group.
struct layer_rows {
    std::size_t count = 0;
    std::size_t depth = 0; ///< weights of one output
    std::size_t groups = 1;
    std::size_t outputs = 0;
    std::vector<float> in{};     ///< [groups, count, depth]: the inputs in the quantised network
    std::vector<float> target{}; ///< [count, outputs]: the outputs in floating point, before any activation

    /// The rows of group `g`.
    [[nodiscard]] const float* group(std::size_t g) const noexcept { return in.data() + g * count * depth; }
};

/// Samples [first, first + count) of those that walk.
struct sample_range {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// `each` positions of node `k`, or all there are, of some samples.
/// @pre the node is a conv2d or dense layer that has run in floating point and not yet in codes
template <class T, class Layers>
[[nodiscard]] layer_rows draw_rows(const paired_run<T, Layers>& both, const graph<T, Layers>& g, node_index k,
                                   std::size_t each, std::uint64_t seed, const sample_range& from) {
    const auto& n = g.nodes[k];
    const tensor<T>& w = *g[n.inputs[1]].reals();
    layer_rows r;
    r.outputs = static_cast<std::size_t>(w.dims()[0]);
    r.depth = r.outputs == 0 ? 0 : w.size() / r.outputs;
    if (const auto* conv = layer_of<conv2d>(n))
        r.groups = conv->groups;
    const std::size_t positions = r.outputs == 0 ? 0 : both.real.value(n.outputs[0], 0).size() / r.outputs;
    each = std::min(positions, each);
    r.count = each * from.count;
    r.in.resize(r.groups * r.count * r.depth);
    r.target.resize(r.count * r.outputs);
    parallel_for(from.count, [&](std::size_t i) {
        random_bits bits(seed + from.first + i);
        const tensor<T> x = both.codes.value(n.inputs[0], from.first + i);
        const tensor<T> y = both.real.value(n.outputs[0], from.first + i);
        for (std::size_t j = 0; j < each; ++j) {
            const std::size_t at = each == positions ? j : bits.below(positions);
            const std::size_t row = i * each + j;
            copy_row(n.layer, w, x, at, r.in.data() + row * r.depth, r.count * r.depth);
            for (std::size_t o = 0; o < r.outputs; ++o)
                r.target[row * r.outputs + o] = static_cast<float>(y[at * r.outputs + o]);
        }
    });
    return r;
}

/// Positions that each of the samples gives where about `most` are wanted in all.
template <class T, class Layers>
[[nodiscard]] std::size_t rows_of_each(const paired_run<T, Layers>& both, std::size_t most) {
    return (most + both.real.samples() - 1) / both.real.samples();
}

/// About `most` positions, drawn evenly from all samples.
template <class T, class Layers>
[[nodiscard]] layer_rows draw_rows(const paired_run<T, Layers>& both, const graph<T, Layers>& g, node_index k,
                                   std::size_t most, std::uint64_t seed) {
    return draw_rows(both, g, k, rows_of_each(both, most), seed, {0, both.real.samples()});
}

/// The range of the activation that a node computes as well.
struct output_range {
    float low = -std::numeric_limits<float>::infinity();
    float high = std::numeric_limits<float>::infinity();
};

/// The range that an activation behind the layer leaves of its outputs.
template <class T, class Layers>
[[nodiscard]] output_range range_behind(const graph<T, Layers>& g, const node_execution& how) {
    if (how.activation == no_node)
        return {};
    const auto& u = *layer_of<unary>(g.nodes[how.activation]);
    if (u.op == unary_op::relu)
        return {.low = 0.f};
    return {static_cast<float>(u.alpha), static_cast<float>(u.beta)};
}

} // namespace pith::quantize

#endif
