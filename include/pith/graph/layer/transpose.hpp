// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_TRANSPOSE_HPP
#define PITH_GRAPH_LAYER_TRANSPOSE_HPP
/// Axes in another order.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: x; output axis i is axis permutation[i] of x.
struct transpose {
    std::vector<std::uint8_t> permutation;
};

} // namespace pith

#endif
