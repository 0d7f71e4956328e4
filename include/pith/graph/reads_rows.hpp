// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_READS_ROWS_HPP
#define PITH_GRAPH_READS_ROWS_HPP
/// Layers whose weights can be changed one by one, because it is known what each of them multiplies.

#include "graph.hpp"

namespace pith {

/// Whether a node multiplies by weights in one of the two ways that are known here, down to which input each
/// weight meets: conv2d's, or dense's.
template <class Layers>
[[nodiscard]] bool reads_rows(const node<Layers>& n) {
    return layer_of<conv2d>(n) != nullptr || layer_of<dense>(n) != nullptr;
}

} // namespace pith

#endif
