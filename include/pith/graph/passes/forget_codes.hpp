// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_PASSES_FORGET_CODES_HPP
#define PITH_GRAPH_PASSES_FORGET_CODES_HPP
/// A quantised network as the float network of its masters, to be quantised or trained anew.

#include <algorithm>

#include "../../base/result.hpp"
#include "../encoding.hpp"
#include "../graph.hpp"

namespace pith::passes {

/// Removes every encoding. Masters that came from codes are the numbers these stood for.
struct forget_codes {
    template <class T, class Layers>
    result<graph<T, Layers>> operator()(graph<T, Layers> g) const {
        for (auto& v : g.values)
            v.encoded = {};
        return g;
    }
};

/// Whether any value has an encoding.
template <class T, class Layers>
[[nodiscard]] bool has_codes(const graph<T, Layers>& g) {
    return std::any_of(g.values.begin(), g.values.end(), [](const auto& v) { return v.is_coded(); });
}

} // namespace pith::passes

#endif
