// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_PASSES_AS_FLOAT32_HPP
#define PITH_GRAPH_PASSES_AS_FLOAT32_HPP
/// float16, bfloat16 and float64 networks computed in float32, which is what programs compute in.

#include <utility>

#include "../../base/result.hpp"
#include "../graph.hpp"
#include "../infer.hpp"

namespace pith::passes {

/// Every value of these types becomes float32, inputs and outputs of the network too, and casts between them
/// change nothing any more. Weights keep their values; results lack the rounding to 16 bits behind each
/// layer, and so the overflow of float16. float8 and float4 stay.
struct as_float32 {
    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        for (auto& v : g.values)
            v.type = widened(v.type);
        for (auto& n : g.nodes)
            if (auto* layer = layer_as<cast>(n.layer))
                layer->to = widened(layer->to);
        PITH_TRY(infer_shapes(g));
        return g;
    }

private:
    [[nodiscard]] static constexpr format::dtype widened(format::dtype t) noexcept {
        return format::is_computed(t) ? format::dtype::f32 : t;
    }
};

} // namespace pith::passes

#endif
