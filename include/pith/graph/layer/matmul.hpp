// SPDX-License-Identifier: MIT
#ifndef PITH_GRAPH_LAYER_MATMUL_HPP
#define PITH_GRAPH_LAYER_MATMUL_HPP
/// Batched matrix product of two activations, NumPy broadcasting.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "../../base/shape.hpp"
#include "../../format/dtype.hpp"

namespace pith {

/// inputs: a [..., m, k], b [..., k, n]; output [..., m, n].
struct matmul {};

} // namespace pith

#endif
