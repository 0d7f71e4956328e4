// SPDX-License-Identifier: MIT
#ifndef PITH_QUANTIZE_LAYER_ROWS_HPP
#define PITH_QUANTIZE_LAYER_ROWS_HPP
/// A layer with weights as a matrix product: rows drawn from what it reads, beside what it ought to give.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "../base/parallel.hpp"
#include "../base/random.hpp"
#include "../graph/graph.hpp"
#include "../graph/layer_row.hpp"
#include "lockstep.hpp"

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

    [[nodiscard]] const float* group(std::size_t g) const noexcept { return in.data() + g * count * depth; }
};

/// About `most` positions of node `k`, drawn evenly from all samples.
/// @pre the node is a conv2d or dense layer that has run in floating point and not yet in codes
template <class T, class Layers>
[[nodiscard]] layer_rows draw_rows(const lockstep<T, Layers>& both, const graph<T, Layers>& g, node_index k,
                                   std::size_t most, std::uint64_t seed) {
    const auto& n = g.nodes[k];
    const tensor<T>& w = *g[n.inputs[1]].reals();
    layer_rows r;
    r.outputs = static_cast<std::size_t>(w.dims()[0]);
    r.depth = r.outputs == 0 ? 0 : w.size() / r.outputs;
    if (const auto* conv = layer_of<conv2d>(n))
        r.groups = conv->groups;
    const std::size_t positions = r.outputs == 0 ? 0 : both.real.value(n.outputs[0], 0).size() / r.outputs;
    const std::size_t each = std::min(positions, (most + both.real.samples() - 1) / both.real.samples());
    r.count = each * both.real.samples();
    r.in.resize(r.groups * r.count * r.depth);
    r.target.resize(r.count * r.outputs);
    parallel_for(both.real.samples(), [&](std::size_t i) {
        random_bits bits(seed + i);
        const tensor<T> x = both.codes.value(n.inputs[0], i);
        const tensor<T> y = both.real.value(n.outputs[0], i);
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

} // namespace pith::quantize

#endif
